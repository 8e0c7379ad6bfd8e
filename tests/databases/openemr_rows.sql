-- An invented practice's March, as OpenEMR writes it down. What it comes to is worked out in test_openemr.py.
INSERT INTO users (id, username, fname, lname) VALUES (3, 'imoss', 'Iris', 'Moss'), (4, 'ptran', 'Paul', 'Tran');
INSERT INTO insurance_companies (id, name) VALUES (51, 'Payer Alpha'), (52, 'Payer Beta');
INSERT INTO insurance_data (type, provider, subscriber_lname, date, pid) VALUES ('primary', '52', 'Quillfeather', '2020-01-01', 17),
  ('primary', '51', 'Quillfeather', '2025-01-01', 17), ('primary', '51', 'Wachocka', '2025-01-01', 18),
  ('secondary', '52', 'Wachocka', '2025-01-01', 18), ('primary', '51', 'Sahin', '2025-01-01', 20);
INSERT INTO form_encounter (date, reason, pid, encounter, provider_id, last_level_closed) VALUES
  ('2026-03-02 09:00', 'Ottoline has a sore throat', 17, 204, 3, 1), ('2026-03-03 10:00', '', 18, 205, 4, 2),
  ('2026-03-04 10:00', '', 19, 206, 3, 0), ('2026-03-05 11:00', '', 19, 207, 4, 0), ('2026-03-09 09:00', '', 20, 208, 3, 0),
  ('2026-03-10 09:00', '', 20, 209, 3, 0);
INSERT INTO openemr_postcalendar_events (pc_eid, pc_aid, pc_pid, pc_title, pc_eventDate, pc_apptstatus) VALUES
  (601, '3', '17', 'Office Visit', '2026-03-02', '>'), (602, '4', '19', 'Office Visit', '2026-03-11', '?'),
  (603, '4', '18', 'Office Visit', '2026-03-12', 'x'), (604, '4', '', 'Lunch', '2026-03-12', 'x');
-- 207 has nothing on its fee sheet but a diagnosis; 9005 was taken off it again
INSERT INTO billing (id, date, code_type, code, pid, provider_id, encounter, activity, modifier, units, fee) VALUES
  (9001, '2026-03-02', 'CPT4', '99213', 17, 3, 204, 1, '', 1, 120.00), (9002, '2026-03-02', 'CPT4', '87880', 17, 0, 204, 1, 'QW', 1, 30.00),
  (9003, '2026-03-03', 'CPT4', '99214', 18, 4, 205, 1, '', 1, 200.00), (9004, '2026-03-04', 'CPT4', '99213', 19, 3, 206, 1, '', 1, 120.00),
  (9005, '2026-03-04', 'CPT4', '99214', 19, 3, 206, 0, '', 1, 200.00), (9006, '2026-03-05', 'ICD10', 'J02.9', 19, 4, 207, 1, '', 1, 0.00),
  (9007, '2026-03-09', 'CPT4', '99213', 20, 3, 208, 1, '', 1, 120.00), (9008, '2026-03-10', 'CPT4', '97110', 20, 3, 209, 1, '', 3, 90.00);
INSERT INTO claims (patient_id, encounter_id, version, payer_id, status, payer_type, process_time) VALUES
  (17, 204, 1, 51, 2, 1, '2026-03-03 18:00'), (18, 205, 1, 51, 1, 1, NULL), (18, 205, 2, 51, 2, 1, '2026-03-04 18:00'),
  (18, 205, 3, 52, 2, 2, '2026-03-18 18:00'), (20, 208, 1, 51, 1, 1, NULL), (20, 209, 1, 51, 7, 1, '2026-03-11 18:00');
INSERT INTO ar_session (session_id, payer_id, reference, check_date, deposit_date, pay_total, payment_type, payment_method) VALUES
  (31, 51, '7716', '2026-03-14', '2026-03-16', 170.00, 'insurance', 'check_payment'), (32, 52, '88', '2026-03-26', NULL, 25.00, 'insurance', 'electronic'),
  (33, 0, '', NULL, NULL, 20.00, 'patient', 'cash'), (34, 0, '', '2026-03-04', NULL, 100.00, 'patient', 'credit_card');
INSERT INTO ar_activity (pid, encounter, sequence_no, code_type, code, modifier, payer_type, post_time, session_id, memo, pay_amount, adj_amount) VALUES
  (17, 204, 1, 'CPT4', '99213', '', 1, '2026-03-17 10:00', 31, '', 64.00, 0), (17, 204, 2, 'CPT4', '99213', '', 1, '2026-03-17 10:00', 31, 'Ins1 adjust', 0, 36.00),
  (17, 204, 3, 'CPT4', '87880', 'QW', 1, '2026-03-17 10:00', 31, '', 6.00, 0), (17, 204, 4, 'CPT4', '', '', 0, '2026-03-02 09:30', 33, '', 20.00, 0),
  (17, 204, 5, 'CPT4', '99213', '', 1, '2026-03-17 10:00', 31, 'Ins1 copay: 20.00', 0, 0),
  (18, 205, 1, 'CPT4', '99214', '', 1, '2026-03-17 10:00', 31, '', 100.00, 0), (18, 205, 2, 'CPT4', '99214', '', 1, '2026-03-17 10:00', 31, 'Ins1 adjust', 0, 60.00),
  (18, 205, 3, 'CPT4', '99214', '', 2, '2026-03-26 10:00', 32, '', 25.00, 0), (19, 206, 1, 'CPT4', '99213', '', 0, '2026-03-04 10:30', 34, '', 100.00, 0),
  (19, 206, 2, 'CPT4', '', '', 0, '2026-03-04 10:30', 0, 'discount', 0, 20.00);
