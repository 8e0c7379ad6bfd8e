-- OpenEMR's tables as published (openemr/openemr, sql/database.sql): names, order and types of their columns.
CREATE TABLE users (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, username varchar(255) DEFAULT NULL, fname varchar(255) DEFAULT NULL,
  mname varchar(255) DEFAULT NULL, lname varchar(255) DEFAULT NULL, npi varchar(15) DEFAULT NULL
);
CREATE TABLE insurance_companies (id int NOT NULL PRIMARY KEY, name varchar(255) DEFAULT NULL, attn varchar(255) DEFAULT NULL);
CREATE TABLE insurance_data (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, type enum('primary','secondary','tertiary') DEFAULT NULL,
  provider varchar(255) DEFAULT NULL, plan_name varchar(255) DEFAULT NULL, policy_number varchar(255) DEFAULT NULL,
  subscriber_lname varchar(255) DEFAULT NULL, date date NOT NULL DEFAULT '1000-01-01', pid bigint NOT NULL DEFAULT 0
);
CREATE TABLE form_encounter (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, date datetime DEFAULT NULL, reason longtext, facility longtext,
  facility_id int NOT NULL DEFAULT 0, pid bigint DEFAULT NULL, encounter bigint DEFAULT NULL, onset_date datetime DEFAULT NULL,
  sensitivity varchar(30) DEFAULT NULL, billing_note text, pc_catid int NOT NULL DEFAULT 5,
  last_level_billed int NOT NULL DEFAULT 0, last_level_closed int NOT NULL DEFAULT 0, last_stmt_date date DEFAULT NULL,
  stmt_count int NOT NULL DEFAULT 0, provider_id int DEFAULT 0, supervisor_id int DEFAULT 0,
  invoice_refno varchar(31) NOT NULL DEFAULT ''
);
CREATE TABLE openemr_postcalendar_events (
  pc_eid int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, pc_catid int NOT NULL DEFAULT 0, pc_multiple int unsigned NOT NULL DEFAULT 0,
  pc_aid varchar(30) DEFAULT NULL, pc_pid varchar(11) DEFAULT NULL, pc_title varchar(150) DEFAULT NULL,
  pc_time datetime DEFAULT NULL, pc_hometext text, pc_eventDate date NOT NULL DEFAULT '1000-01-01',
  pc_endDate date NOT NULL DEFAULT '1000-01-01', pc_recurrtype int NOT NULL DEFAULT 0, pc_startTime time DEFAULT NULL,
  pc_apptstatus varchar(15) NOT NULL DEFAULT '-'
);
CREATE TABLE billing (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY, date datetime DEFAULT NULL, code_type varchar(7) DEFAULT NULL,
  code varchar(9) DEFAULT NULL, pid int DEFAULT NULL, provider_id int DEFAULT NULL, user int DEFAULT NULL,
  groupname varchar(255) DEFAULT NULL, authorized tinyint(1) DEFAULT NULL, encounter int DEFAULT NULL, code_text longtext,
  billed tinyint(1) DEFAULT NULL, activity tinyint(1) DEFAULT NULL, payer_id int DEFAULT NULL,
  bill_process tinyint NOT NULL DEFAULT 0, bill_date datetime DEFAULT NULL, process_date datetime DEFAULT NULL,
  process_file varchar(255) DEFAULT NULL, modifier varchar(5) DEFAULT NULL, units tinyint DEFAULT NULL,
  fee decimal(12,2) DEFAULT NULL, justify varchar(255) DEFAULT NULL, target varchar(30) DEFAULT NULL,
  x12_partner_id int DEFAULT NULL, ndc_info varchar(255) DEFAULT NULL
);
CREATE TABLE claims (
  patient_id int NOT NULL, encounter_id int NOT NULL, version int unsigned NOT NULL, payer_id int NOT NULL DEFAULT 0,
  status tinyint NOT NULL DEFAULT 0, payer_type tinyint NOT NULL DEFAULT 0, bill_process tinyint NOT NULL DEFAULT 0,
  bill_time datetime DEFAULT NULL, process_time datetime DEFAULT NULL, process_file varchar(255) DEFAULT NULL,
  target varchar(30) DEFAULT NULL, x12_partner_id int NOT NULL DEFAULT 0, PRIMARY KEY (patient_id, encounter_id, version)
);
CREATE TABLE ar_session (
  session_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, payer_id int NOT NULL, user_id int NOT NULL DEFAULT 0,
  closed tinyint(1) NOT NULL DEFAULT 0, reference varchar(255) NOT NULL DEFAULT '', check_date date DEFAULT NULL,
  deposit_date date DEFAULT NULL, pay_total decimal(12,2) NOT NULL DEFAULT 0.00,
  created_time timestamp NOT NULL DEFAULT current_timestamp(), modified_time datetime DEFAULT NULL,
  global_amount decimal(12,2) NOT NULL DEFAULT 0, payment_type varchar(50) NOT NULL DEFAULT '', description text,
  adjustment_code varchar(50) NOT NULL DEFAULT '', post_to_date date DEFAULT NULL, patient_id bigint NOT NULL DEFAULT 0,
  payment_method varchar(25) NOT NULL DEFAULT ''
);
CREATE TABLE ar_activity (
  pid int NOT NULL, encounter int NOT NULL, sequence_no int unsigned NOT NULL, code_type varchar(12) NOT NULL DEFAULT '',
  code varchar(20) NOT NULL, modifier varchar(12) NOT NULL DEFAULT '', payer_type int NOT NULL, post_time datetime NOT NULL,
  post_user int NOT NULL DEFAULT 0, session_id int unsigned NOT NULL, memo varchar(255) NOT NULL DEFAULT '',
  pay_amount decimal(12,2) NOT NULL DEFAULT 0.00, adj_amount decimal(12,2) NOT NULL DEFAULT 0.00,
  modified_time datetime DEFAULT NULL, follow_up char(1) NOT NULL DEFAULT '', follow_up_note text,
  account_code varchar(15) NOT NULL DEFAULT '', reason_code varchar(255) DEFAULT NULL, PRIMARY KEY (pid, encounter, sequence_no)
);
