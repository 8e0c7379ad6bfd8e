-- An invented practice's March, as Open Dental writes it down. What it comes to is worked out in test_open_dental.py.
INSERT INTO definition (DefNum, Category, ItemName) VALUES (1, 10, 'Check'), (2, 10, 'Credit Card'), (3, 10, 'Cash'),
  (4, 10, 'Returned Check'), (5, 1, 'Courtesy Discount'), (6, 1, 'Finance Charge'), (7, 32, 'Check'), (8, 32, 'EFT');
INSERT INTO provider (ProvNum, Abbr, LName) VALUES (1, 'FELD', 'Feldspar'), (2, 'RUIZ', 'Ruizan'), (3, 'LINH', 'Linhart');
INSERT INTO carrier (CarrierNum, CarrierName) VALUES (1, 'Payer Alpha'), (2, 'Payer Beta');
INSERT INTO insplan (PlanNum, CarrierNum) VALUES (11, 1), (12, 2);
INSERT INTO inssub (InsSubNum, PlanNum, Subscriber) VALUES (21, 11, 1001), (22, 11, 1003), (23, 12, 1003);
INSERT INTO patplan (PatNum, Ordinal, InsSubNum) VALUES (1001, 1, 21), (1002, 1, 21), (1003, 1, 22), (1003, 2, 23);
INSERT INTO patient (PatNum, LName, FName, HmPhone, Guarantor) VALUES (1001, 'Quillfeather', 'Ottoline', '415-555-0137', 1001),
  (1002, 'Quillfeather', 'Zoe', '', 1001), (1003, 'Wachocka', 'Lucja', '', 1003), (1004, 'Sahin', 'Bjorn', '', 1004);
INSERT INTO procedurecode (CodeNum, ProcCode) VALUES (1, 'D0120'), (2, 'D0140'), (3, 'D1110'), (4, 'D2331'), (5, 'D2392'),
  (6, 'D2740'), (7, 'D9910');
INSERT INTO appointment (AptNum, PatNum, AptStatus, ProvNum, ProvHyg, IsHygiene, AptDateTime, ProcDescript) VALUES
  (5001, 1001, 2, 1, 0, 0, '2026-03-02 08:30', 'LimEx, #14-MO-C'), (5002, 1002, 2, 1, 3, 1, '2026-03-02 09:00', 'Pro'),
  (5003, 1003, 2, 2, 0, 0, '2026-03-03 10:00', 'Crn'), (5004, 1004, 2, 1, 0, 0, '2026-03-04 08:30', '#9-IL-C'),
  (5005, 1004, 5, 2, 0, 0, '2026-03-04 11:00', ''), (5006, 1001, 1, 1, 0, 0, '2026-03-30 08:30', ''),
  (5007, 1004, 2, 2, 0, 0, '2026-03-05 14:00', 'LimEx'), (5008, 1002, 2, 1, 3, 1, '2026-03-09 09:00', 'Pro'),
  (5009, 1004, 6, 1, 0, 0, '2026-03-10 09:00', 'planned');
-- 20006 was done and never set complete; 20009 has no appointment; 20011 is a referral
INSERT INTO procedurelog (ProcNum, PatNum, AptNum, ProcDate, ProcFee, Surf, ToothNum, ProcStatus, ProvNum, CodeNum, UnitQty, BaseUnits) VALUES
  (20001, 1001, 5001, '2026-03-02', 85, '', '', 2, 1, 2, 1, 0), (20002, 1001, 5001, '2026-03-02', 210, 'MO', '14', 2, 1, 5, 1, 0),
  (20003, 1002, 5002, '2026-03-02', 105, '', '', 2, 3, 3, 0, 0), (20004, 1002, 5002, '2026-03-02', 55, '', '', 2, 1, 1, 1, 0),
  (20005, 1003, 5003, '2026-03-03', 1150, '', '30', 2, 2, 6, 1, 0), (20006, 1004, 5004, '2026-03-04', 180, 'IL', '9', 1, 1, 4, 1, 0),
  (20007, 1004, 5007, '2026-03-05', 85, '', '', 2, 2, 2, 1, 0), (20008, 1002, 5008, '2026-03-09', 105, '', '', 2, 3, 3, 1, 0),
  (20009, 1004, 0, '2026-03-10', 20, '', '', 2, 2, 7, 2, 0), (20011, 1004, 0, '2026-03-10', 500, '', '', 5, 2, 6, 1, 0);
INSERT INTO claim (ClaimNum, PatNum, DateService, DateSent, ClaimStatus, PlanNum, InsSubNum, ClaimType, ClaimFee) VALUES
  (301, 1001, '2026-03-02', '2026-03-03', 'R', 11, 21, 'P', 295), (302, 1002, '2026-03-02', '2026-03-03', 'R', 11, 21, 'P', 160),
  (303, 1003, '2026-03-03', '2026-03-04', 'R', 11, 22, 'P', 1150), (304, 1003, '2026-03-03', '2026-03-18', 'R', 12, 23, 'S', 1150),
  (305, 1002, '2026-03-09', '0001-01-01', 'U', 11, 21, 'P', 105), (306, 1003, '2026-03-03', '2026-03-01', 'R', 11, 22, 'PreAuth', 1150);
INSERT INTO claimpayment (ClaimPaymentNum, CheckDate, CheckAmt, CheckNum, PayType, CarrierName) VALUES
  (61, '2026-03-17', 646, '81260317', 8, 'Payer Alpha'), (62, '2026-03-20', 129.25, '81260320', 8, 'Payer Alpha'),
  (63, '2026-03-31', 230, '5566', 7, 'Payer Beta');
-- Status: 0 not received, 1 received, 2 preauthorization, 4 supplemental, 6 estimate; 40008 is a payment of the claim, of no procedure
INSERT INTO claimproc (ClaimProcNum, ProcNum, ClaimNum, PatNum, FeeBilled, Status, InsPayAmt, WriteOff, ClaimPaymentNum, PlanNum, InsSubNum, DateCP, IsTransfer) VALUES
  (40001, 20001, 301, 1001, 85, 1, 68, 17, 61, 11, 21, '2026-03-17', 0), (40002, 20002, 301, 1001, 210, 1, 100, 40, 61, 11, 21, '2026-03-17', 0),
  (40003, 20003, 302, 1002, 105, 1, 89.25, 15.75, 62, 11, 21, '2026-03-20', 0), (40004, 20004, 302, 1002, 55, 1, 40, 15, 62, 11, 21, '2026-03-20', 0),
  (40005, 20005, 303, 1003, 1150, 1, 460, 230, 61, 11, 22, '2026-03-17', 0), (40006, 20005, 304, 1003, 1150, 1, 230, 0, 63, 12, 23, '2026-03-31', 0),
  (40007, 20008, 305, 1002, 105, 0, 0, 0, 0, 11, 21, '2026-03-09', 0), (40008, 0, 301, 1001, 0, 4, 18, 0, 61, 11, 21, '2026-03-17', 0),
  (40009, 20005, 306, 1003, 1150, 2, 0, 0, 0, 11, 22, '2026-03-01', 0), (40010, 20006, 0, 1004, 180, 6, 0, 0, 0, 11, 0, '2026-03-04', 0),
  (40011, 20001, 301, 1001, 0, 4, 5, 0, 0, 11, 21, '2026-03-18', 1), (40012, 20002, 301, 1001, 0, 4, -5, 0, 0, 11, 21, '2026-03-18', 1);
INSERT INTO payment (PayNum, PayType, PayDate, PayAmt, CheckNum, PatNum) VALUES (701, 1, '2026-03-02', 52, '4001', 1001),
  (702, 2, '2026-03-05', 76.5, '', 1004), (703, 3, '2026-03-06', 60, '', 1004), (704, 0, '2026-03-11', 0, '', 1004),
  (705, 1, '2026-03-25', 230, '4002', 1003), (706, 4, '2026-03-30', -230, '4002', 1003);
-- what was prepaid with 703 (30003) is transferred to 20009: 30004 takes it, and 30005 puts it there
INSERT INTO paysplit (SplitNum, SplitAmt, PatNum, PayNum, DatePay, ProcNum, UnearnedType, FSplitNum) VALUES
  (30001, 52, 1001, 701, '2026-03-02', 20002, 0, 0), (30002, 76.5, 1004, 702, '2026-03-05', 20007, 0, 0),
  (30003, 60, 1004, 703, '2026-03-06', 0, 9, 0), (30004, -40, 1004, 704, '2026-03-11', 0, 9, 30003),
  (30005, 40, 1004, 704, '2026-03-11', 20009, 0, 30004), (30006, 230, 1003, 705, '2026-03-25', 20005, 0, 0),
  (30007, -230, 1003, 706, '2026-03-30', 20005, 0, 0);
INSERT INTO adjustment (AdjNum, AdjDate, AdjAmt, PatNum, AdjType, ProvNum, ProcNum) VALUES
  (801, '2026-03-05', -8.5, 1004, 5, 2, 20007), (802, '2026-03-31', 4.1, 1003, 6, 2, 0);
