-- Open Dental's tables as published (opendental.com, "Database Schema"): names, order and types of their columns.
CREATE TABLE patient (
  PatNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, LName varchar(100) DEFAULT '', FName varchar(100) DEFAULT '',
  MiddleI varchar(100) DEFAULT '', Preferred varchar(100) DEFAULT '', PatStatus tinyint unsigned NOT NULL DEFAULT 0,
  Gender tinyint unsigned NOT NULL DEFAULT 0, Position tinyint unsigned NOT NULL DEFAULT 0,
  Birthdate date NOT NULL DEFAULT '0001-01-01', SSN varchar(100) DEFAULT '', Address varchar(100) DEFAULT '',
  HmPhone varchar(30) DEFAULT '', Guarantor bigint NOT NULL, PriProv bigint NOT NULL DEFAULT 0
);
CREATE TABLE provider (
  ProvNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, Abbr varchar(255) DEFAULT NULL,
  ItemOrder smallint unsigned NOT NULL DEFAULT 0, LName varchar(100) DEFAULT '', FName varchar(100) DEFAULT '',
  MI varchar(100) DEFAULT '', Suffix varchar(100) DEFAULT '', FeeSched bigint NOT NULL DEFAULT 0,
  Specialty bigint NOT NULL DEFAULT 0, SSN varchar(12) DEFAULT '', IsSecondary tinyint unsigned NOT NULL DEFAULT 0
);
CREATE TABLE appointment (
  AptNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, PatNum bigint NOT NULL,
  AptStatus tinyint unsigned NOT NULL DEFAULT 0, Pattern varchar(255) DEFAULT '', Confirmed bigint NOT NULL DEFAULT 0,
  TimeLocked tinyint(1) NOT NULL DEFAULT 0, Op bigint NOT NULL DEFAULT 0, Note text,
  ProvNum bigint NOT NULL DEFAULT 0, ProvHyg bigint NOT NULL DEFAULT 0,
  AptDateTime datetime NOT NULL DEFAULT '0001-01-01 00:00:00', NextAptNum bigint NOT NULL DEFAULT 0,
  UnschedStatus bigint NOT NULL DEFAULT 0, IsNewPatient tinyint unsigned NOT NULL DEFAULT 0,
  ProcDescript text, Assistant bigint NOT NULL DEFAULT 0, ClinicNum bigint NOT NULL DEFAULT 0,
  IsHygiene tinyint unsigned NOT NULL DEFAULT 0, DateTStamp timestamp NOT NULL DEFAULT current_timestamp()
);
CREATE TABLE procedurecode (
  CodeNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, ProcCode varchar(15) NOT NULL, Descript varchar(255) DEFAULT '',
  AbbrDesc varchar(50) DEFAULT '', ProcTime varchar(24) DEFAULT '', ProcCat bigint NOT NULL DEFAULT 0,
  TreatArea tinyint unsigned NOT NULL DEFAULT 0
);
CREATE TABLE procedurelog (
  ProcNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, PatNum bigint NOT NULL, AptNum bigint NOT NULL DEFAULT 0,
  OldCode varchar(15) DEFAULT '', ProcDate date NOT NULL DEFAULT '0001-01-01', ProcFee double NOT NULL DEFAULT 0,
  Surf varchar(10) DEFAULT '', ToothNum varchar(2) DEFAULT '', ToothRange varchar(100) DEFAULT '',
  Priority bigint NOT NULL DEFAULT 0, ProcStatus tinyint unsigned NOT NULL DEFAULT 0,
  ProvNum bigint NOT NULL DEFAULT 0, Dx bigint NOT NULL DEFAULT 0, PlannedAptNum bigint NOT NULL DEFAULT 0,
  PlaceService tinyint unsigned NOT NULL DEFAULT 0, Prosthesis char(1) DEFAULT '',
  DateOriginalProsth date NOT NULL DEFAULT '0001-01-01', ClaimNote varchar(80) DEFAULT '',
  DateEntryC date NOT NULL DEFAULT '0001-01-01', ClinicNum bigint NOT NULL DEFAULT 0,
  MedicalCode varchar(15) DEFAULT '', DiagnosticCode varchar(255) DEFAULT '',
  IsPrincDiag tinyint unsigned NOT NULL DEFAULT 0, ProcNumLab bigint NOT NULL DEFAULT 0,
  BillingTypeOne bigint NOT NULL DEFAULT 0, BillingTypeTwo bigint NOT NULL DEFAULT 0, CodeNum bigint NOT NULL,
  RevCode varchar(45) DEFAULT NULL, UnitQty int NOT NULL DEFAULT 0, BaseUnits int NOT NULL DEFAULT 0
);
CREATE TABLE carrier (
  CarrierNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, CarrierName varchar(255) DEFAULT '',
  Address varchar(255) DEFAULT '', Phone varchar(255) DEFAULT '', ElectID varchar(255) DEFAULT ''
);
CREATE TABLE insplan (
  PlanNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, GroupName varchar(50) DEFAULT '', GroupNum varchar(25) DEFAULT '',
  PlanNote text, FeeSched bigint NOT NULL DEFAULT 0, PlanType char(1) DEFAULT '', ClaimFormNum bigint NOT NULL DEFAULT 0,
  UseAltCode tinyint unsigned NOT NULL DEFAULT 0, ClaimsUseUCR tinyint unsigned NOT NULL DEFAULT 0,
  CopayFeeSched bigint NOT NULL DEFAULT 0, EmployerNum bigint NOT NULL DEFAULT 0, CarrierNum bigint NOT NULL
);
CREATE TABLE inssub (
  InsSubNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, PlanNum bigint NOT NULL, Subscriber bigint NOT NULL,
  DateEffective date NOT NULL DEFAULT '0001-01-01', DateTerm date NOT NULL DEFAULT '0001-01-01',
  ReleaseInfo tinyint NOT NULL DEFAULT 0, AssignBen tinyint NOT NULL DEFAULT 1, SubscriberID varchar(255) DEFAULT ''
);
CREATE TABLE patplan (
  PatPlanNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, PatNum bigint NOT NULL,
  Ordinal tinyint unsigned NOT NULL DEFAULT 0, IsPending tinyint unsigned NOT NULL DEFAULT 0,
  Relationship tinyint unsigned NOT NULL DEFAULT 0, PatID varchar(100) DEFAULT '', InsSubNum bigint NOT NULL
);
CREATE TABLE claim (
  ClaimNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, PatNum bigint NOT NULL,
  DateService date NOT NULL DEFAULT '0001-01-01', DateSent date NOT NULL DEFAULT '0001-01-01',
  ClaimStatus char(1) DEFAULT '', DateReceived date NOT NULL DEFAULT '0001-01-01', PlanNum bigint NOT NULL,
  ProvTreat bigint NOT NULL DEFAULT 0, ClaimFee double NOT NULL DEFAULT 0, InsPayEst double NOT NULL DEFAULT 0,
  InsPayAmt double NOT NULL DEFAULT 0, DedApplied double NOT NULL DEFAULT 0, PreAuthString varchar(40) DEFAULT '',
  IsProsthesis char(1) DEFAULT '', PriorDate date NOT NULL DEFAULT '0001-01-01', ReasonUnderPaid varchar(255) DEFAULT '',
  ClaimNote varchar(400) DEFAULT '', ClaimType varchar(255) DEFAULT '', WriteOff double NOT NULL DEFAULT 0,
  InsSubNum bigint NOT NULL DEFAULT 0, ClaimIdentifier varchar(255) NOT NULL DEFAULT ''
);
CREATE TABLE claimpayment (
  ClaimPaymentNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, CheckDate date NOT NULL DEFAULT '0001-01-01',
  CheckAmt double NOT NULL DEFAULT 0, CheckNum varchar(25) DEFAULT '', BankBranch varchar(25) DEFAULT '',
  Note varchar(255) DEFAULT '', ClinicNum bigint NOT NULL DEFAULT 0, DepositNum bigint NOT NULL DEFAULT 0,
  CarrierName varchar(255) DEFAULT '', DateIssued date NOT NULL DEFAULT '0001-01-01', IsPartial tinyint NOT NULL DEFAULT 0,
  PayType bigint NOT NULL DEFAULT 0
);
CREATE TABLE claimproc (
  ClaimProcNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, ProcNum bigint NOT NULL DEFAULT 0,
  ClaimNum bigint NOT NULL DEFAULT 0, PatNum bigint NOT NULL, ProvNum bigint NOT NULL DEFAULT 0,
  FeeBilled double NOT NULL DEFAULT 0, InsPayEst double NOT NULL DEFAULT 0, DedApplied double NOT NULL DEFAULT 0,
  Status tinyint unsigned NOT NULL DEFAULT 0, InsPayAmt double NOT NULL DEFAULT 0, Remarks varchar(255) DEFAULT '',
  ClaimPaymentNum bigint NOT NULL DEFAULT 0, PlanNum bigint NOT NULL, DateCP date NOT NULL DEFAULT '0001-01-01',
  WriteOff double NOT NULL DEFAULT 0, CodeSent varchar(15) DEFAULT '', AllowedOverride double NOT NULL DEFAULT -1,
  Percentage tinyint NOT NULL DEFAULT -1, PercentOverride tinyint NOT NULL DEFAULT -1, CopayAmt double NOT NULL DEFAULT -1,
  NoBillIns tinyint unsigned NOT NULL DEFAULT 0, PaidOtherIns double NOT NULL DEFAULT -1, BaseEst double NOT NULL DEFAULT 0,
  CopayOverride double NOT NULL DEFAULT -1, ProcDate date NOT NULL DEFAULT '0001-01-01',
  DateEntry date NOT NULL DEFAULT '0001-01-01', LineNumber tinyint unsigned NOT NULL DEFAULT 0,
  InsSubNum bigint NOT NULL DEFAULT 0, PaymentRow int NOT NULL DEFAULT 0, IsTransfer tinyint NOT NULL DEFAULT 0,
  ClaimAdjReasonCodes varchar(255) NOT NULL DEFAULT ''
);
CREATE TABLE definition (
  DefNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, Category tinyint unsigned NOT NULL DEFAULT 0,
  ItemOrder smallint unsigned NOT NULL DEFAULT 0, ItemName varchar(255) DEFAULT '', ItemValue varchar(255) DEFAULT '',
  ItemColor int NOT NULL DEFAULT 0, IsHidden tinyint unsigned NOT NULL DEFAULT 0
);
CREATE TABLE payment (
  PayNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, PayType bigint NOT NULL DEFAULT 0,
  PayDate date NOT NULL DEFAULT '0001-01-01', PayAmt double NOT NULL DEFAULT 0, CheckNum varchar(25) DEFAULT '',
  BankBranch varchar(25) DEFAULT '', PayNote text, IsSplit tinyint unsigned NOT NULL DEFAULT 0, PatNum bigint NOT NULL,
  ClinicNum bigint NOT NULL DEFAULT 0, DateEntry date NOT NULL DEFAULT '0001-01-01', DepositNum bigint NOT NULL DEFAULT 0,
  Receipt text, IsRecurringCC tinyint NOT NULL DEFAULT 0
);
CREATE TABLE paysplit (
  SplitNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, SplitAmt double NOT NULL DEFAULT 0, PatNum bigint NOT NULL,
  ProcDate date NOT NULL DEFAULT '0001-01-01', PayNum bigint NOT NULL, IsDiscount tinyint unsigned NOT NULL DEFAULT 0,
  DiscountType tinyint unsigned NOT NULL DEFAULT 0, ProvNum bigint NOT NULL DEFAULT 0, PayPlanNum bigint NOT NULL DEFAULT 0,
  DatePay date NOT NULL DEFAULT '0001-01-01', ProcNum bigint NOT NULL DEFAULT 0, DateEntry date NOT NULL DEFAULT '0001-01-01',
  UnearnedType bigint NOT NULL DEFAULT 0, ClinicNum bigint NOT NULL DEFAULT 0, FSplitNum bigint NOT NULL DEFAULT 0,
  AdjNum bigint NOT NULL DEFAULT 0
);
CREATE TABLE adjustment (
  AdjNum bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, AdjDate date NOT NULL DEFAULT '0001-01-01',
  AdjAmt double NOT NULL DEFAULT 0, PatNum bigint NOT NULL, AdjType bigint NOT NULL DEFAULT 0,
  ProvNum bigint NOT NULL DEFAULT 0, AdjNote text, ProcDate date NOT NULL DEFAULT '0001-01-01',
  ProcNum bigint NOT NULL DEFAULT 0, DateEntry date NOT NULL DEFAULT '0001-01-01', ClinicNum bigint NOT NULL DEFAULT 0,
  StatementNum bigint NOT NULL DEFAULT 0
);
