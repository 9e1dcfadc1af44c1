BEGIN TRANSACTION;
CREATE TABLE attempt (
	id BIGINT NOT NULL, 
	reservation BIGINT NOT NULL, 
	run VARCHAR NOT NULL, 
	candidate VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	annotator VARCHAR NOT NULL, 
	vote_key VARCHAR NOT NULL, 
	wage BOOLEAN NOT NULL, 
	quote_pico BIGINT NOT NULL, 
	price VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "attempt" VALUES(4294967297,4294967296,'reviews','r0','label','small','k0',0,100,'gpt-4o-mini 2025-01-01','2026-11-22 20:24:49.445680');
INSERT INTO "attempt" VALUES(4294967299,4294967298,'reviews','r1','label','small','k1',0,100,'gpt-4o-mini 2025-01-01','2026-11-22 20:24:49.454517');
INSERT INTO "attempt" VALUES(4294967301,4294967300,'reviews','r2','label','small','k2',0,100,'gpt-4o-mini 2025-01-01','2026-11-22 20:24:49.459369');
INSERT INTO "attempt" VALUES(4294967302,4294967300,'reviews','r2','label','person','kp',1,30,'wage 2025-01-01','2026-11-22 20:24:49.461887');
INSERT INTO "attempt" VALUES(4294967303,4294967300,'reviews','r2','label','small','lost',0,1000,'gpt-4o-mini 2025-01-01','2026-11-22 20:24:49.467089');
INSERT INTO "attempt" VALUES(8589934593,8589934592,'other','r0','label','small','k0',0,100,'gpt-4o-mini 2025-01-01','2026-11-22 20:24:49.484926');
INSERT INTO "attempt" VALUES(8589934594,8589934592,'other','r0','label','person','kp',1,30,'wage 2025-01-01','2026-11-22 20:24:49.492736');
INSERT INTO "attempt" VALUES(12884901889,12884901888,'reviews','r0','label','small','k0',0,100,'gpt-4o-mini 2025-01-01','2026-11-22 20:24:49.513549');
INSERT INTO "attempt" VALUES(12884901891,12884901890,'reviews','r1','label','small','k1',0,100,'gpt-4o-mini 2025-01-01','2026-11-22 20:24:49.519426');
INSERT INTO "attempt" VALUES(12884901892,12884901890,'reviews','r1','label','person','kp',1,30,'wage 2025-01-01','2026-11-22 20:24:49.522676');
INSERT INTO "attempt" VALUES(12884901893,12884901890,'reviews','r1','label','small','lost',0,1000,'gpt-4o-mini 2025-01-01','2026-11-22 20:24:49.526222');
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	run VARCHAR NOT NULL, 
	candidate VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	basis VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	label VARCHAR, 
	probability FLOAT, 
	posterior VARCHAR, 
	calibrated BOOLEAN NOT NULL, 
	route VARCHAR NOT NULL, 
	cost_pico BIGINT NOT NULL, 
	usage VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "decision" VALUES(1,'reviews','r0','label','basis','labelled','good',0.75,'{"good":0.75,"bad":0.25}',1,'["Small"]',60,'[9,0,0,1,0,1]','','2026-11-22 20:24:49.454415');
INSERT INTO "decision" VALUES(2,'reviews','r1','label','basis','labelled','good',0.75,'{"good":0.75,"bad":0.25}',1,'["Small"]',60,'[9,0,0,1,0,1]','','2026-11-22 20:24:49.459275');
INSERT INTO "decision" VALUES(3,'reviews','r2','label','basis','labelled','good',0.75,'{"good":0.75,"bad":0.25}',1,'["Small"]',60,'[9,0,0,1,0,1]','','2026-11-22 20:24:49.461846');
INSERT INTO "decision" VALUES(4,'reviews','r2','label','basis','abstained',NULL,NULL,NULL,0,'["Small","Person"]',80,'[0,0,0,0,0,0]','','2026-11-22 20:24:49.466922');
INSERT INTO "decision" VALUES(5,'other','r0','label','basis','labelled','good',0.75,'{"good":0.75,"bad":0.25}',1,'["Small"]',60,'[9,0,0,1,0,1]','','2026-11-22 20:24:49.492665');
INSERT INTO "decision" VALUES(6,'other','r0','label','basis','abstained',NULL,NULL,NULL,0,'["Small","Person"]',80,'[0,0,0,0,0,0]','','2026-11-22 20:24:49.498316');
INSERT INTO "decision" VALUES(7,'reviews','r0','label','basis','labelled','good',0.75,'{"good":0.75,"bad":0.25}',1,'["Small"]',60,'[9,0,0,1,0,1]','','2026-11-22 20:24:49.519355');
INSERT INTO "decision" VALUES(8,'reviews','r1','label','basis','labelled','good',0.75,'{"good":0.75,"bad":0.25}',1,'["Small"]',60,'[9,0,0,1,0,1]','','2026-11-22 20:24:49.522622');
INSERT INTO "decision" VALUES(9,'reviews','r1','label','basis','abstained',NULL,NULL,NULL,0,'["Small","Person"]',80,'[0,0,0,0,0,0]','','2026-11-22 20:24:49.526178');
CREATE TABLE fit (
	id INTEGER NOT NULL, 
	run VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	body VARCHAR NOT NULL, 
	rows VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "fit" VALUES(1,'reviews','f','{"weights":[1.0]}','[["r0","label"]]','2026-11-22 20:24:49.464288');
INSERT INTO "fit" VALUES(2,'other','f','{"weights":[1.0]}','[["r0","label"]]','2026-11-22 20:24:49.496726');
INSERT INTO "fit" VALUES(3,'reviews','f','{"weights":[1.0]}','[["r0","label"]]','2026-11-22 20:24:49.524727');
CREATE TABLE reservation (
	id BIGINT NOT NULL, 
	run VARCHAR NOT NULL, 
	candidate VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	usd_pico BIGINT NOT NULL, 
	wages_pico BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "reservation" VALUES(4294967296,'reviews','r0','label',500,20,'2026-11-22 20:24:49.445592');
INSERT INTO "reservation" VALUES(4294967298,'reviews','r1','label',500,20,'2026-11-22 20:24:49.454493');
INSERT INTO "reservation" VALUES(4294967300,'reviews','r2','label',500,20,'2026-11-22 20:24:49.459339');
INSERT INTO "reservation" VALUES(8589934592,'other','r0','label',500,20,'2026-11-22 20:24:49.484860');
INSERT INTO "reservation" VALUES(12884901888,'reviews','r0','label',500,20,'2026-11-22 20:24:49.513492');
INSERT INTO "reservation" VALUES(12884901890,'reviews','r1','label',500,20,'2026-11-22 20:24:49.519405');
CREATE TABLE run (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	task VARCHAR NOT NULL, 
	labels VARCHAR NOT NULL, 
	task_digest VARCHAR NOT NULL, 
	policy_digest VARCHAR NOT NULL, 
	policy VARCHAR NOT NULL, 
	seed INTEGER NOT NULL, 
	budget_pico BIGINT NOT NULL, 
	wages_pico BIGINT NOT NULL, 
	version VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "run" VALUES(1,'reviews','sentiment','["good","bad"]','t','p','{}',0,5000000000000,2000000000000,'0','2026-11-22 20:24:49.441095');
INSERT INTO "run" VALUES(2,'other','sentiment','["good","bad"]','t','p','{}',0,5000000000000,2000000000000,'0','2026-11-22 20:24:49.481504');
INSERT INTO "run" VALUES(3,'reviews','sentiment','["good","bad"]','t','p','{}',0,5000000000000,2000000000000,'0','2026-11-22 20:24:49.510399');
CREATE TABLE schema_version (version INTEGER);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE settlement (
	attempt BIGINT NOT NULL, 
	run VARCHAR NOT NULL, 
	wage BOOLEAN NOT NULL, 
	outcome VARCHAR NOT NULL, 
	cost_pico BIGINT NOT NULL, 
	input INTEGER NOT NULL, 
	cached_input INTEGER NOT NULL, 
	cache_write INTEGER NOT NULL, 
	output INTEGER NOT NULL, 
	reasoning INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	detail VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (attempt)
);
INSERT INTO "settlement" VALUES(4294967297,'reviews',0,'answered',60,9,0,0,1,0,0.25,'','2026-11-22 20:24:49.448855');
INSERT INTO "settlement" VALUES(4294967299,'reviews',0,'answered',60,9,0,0,1,0,0.25,'','2026-11-22 20:24:49.458065');
INSERT INTO "settlement" VALUES(4294967301,'reviews',0,'answered',60,9,0,0,1,0,0.25,'','2026-11-22 20:24:49.460716');
INSERT INTO "settlement" VALUES(4294967302,'reviews',1,'answered',20,0,0,0,0,0,3.0,'','2026-11-22 20:24:49.462957');
INSERT INTO "settlement" VALUES(8589934593,'other',0,'answered',60,9,0,0,1,0,0.25,'','2026-11-22 20:24:49.488356');
INSERT INTO "settlement" VALUES(8589934594,'other',1,'answered',20,0,0,0,0,0,3.0,'','2026-11-22 20:24:49.495491');
INSERT INTO "settlement" VALUES(4294967303,'reviews',0,'unknown',1000,0,0,0,0,0,0.0,'the run ended before the answer came','2026-11-22 20:24:49.506742');
INSERT INTO "settlement" VALUES(12884901889,'reviews',0,'answered',60,9,0,0,1,0,0.25,'','2026-11-22 20:24:49.516365');
INSERT INTO "settlement" VALUES(12884901891,'reviews',0,'answered',60,9,0,0,1,0,0.25,'','2026-11-22 20:24:49.521628');
INSERT INTO "settlement" VALUES(12884901892,'reviews',1,'answered',20,0,0,0,0,0,3.0,'','2026-11-22 20:24:49.523504');
CREATE TABLE vote (
	id INTEGER NOT NULL, 
	run VARCHAR NOT NULL, 
	candidate VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	annotator VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	label VARCHAR, 
	reason VARCHAR, 
	detail VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	confidence VARCHAR NOT NULL, 
	usage VARCHAR NOT NULL, 
	cost_pico BIGINT NOT NULL, 
	model VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	variant VARCHAR NOT NULL, 
	sample INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "vote" VALUES(1,'reviews','r0','label','small','k0','good',NULL,'','token_probabilities','{"good":0.75,"bad":0.25}','[9,0,0,1,0,1]',60,'gpt-4o-mini-2024-07-18','good','base',0,0.25,'2026-11-22 20:24:49.448914');
INSERT INTO "vote" VALUES(2,'reviews','r1','label','small','k1','good',NULL,'','token_probabilities','{"good":0.75,"bad":0.25}','[9,0,0,1,0,1]',60,'gpt-4o-mini-2024-07-18','good','base',0,0.25,'2026-11-22 20:24:49.458095');
INSERT INTO "vote" VALUES(3,'reviews','r2','label','small','k2','good',NULL,'','token_probabilities','{"good":0.75,"bad":0.25}','[9,0,0,1,0,1]',60,'gpt-4o-mini-2024-07-18','good','base',0,0.25,'2026-11-22 20:24:49.460740');
INSERT INTO "vote" VALUES(4,'reviews','r2','label','person','kp',NULL,'empty','nothing','none','{}','[0,0,0,0,0,1]',20,'','','base',0,0.0,'2026-11-22 20:24:49.462984');
INSERT INTO "vote" VALUES(5,'other','r0','label','small','k0','good',NULL,'','token_probabilities','{"good":0.75,"bad":0.25}','[9,0,0,1,0,1]',60,'gpt-4o-mini-2024-07-18','good','base',0,0.25,'2026-11-22 20:24:49.488399');
INSERT INTO "vote" VALUES(6,'other','r0','label','person','kp',NULL,'empty','nothing','none','{}','[0,0,0,0,0,1]',20,'','','base',0,0.0,'2026-11-22 20:24:49.495541');
INSERT INTO "vote" VALUES(7,'reviews','r0','label','small','k0','good',NULL,'','token_probabilities','{"good":0.75,"bad":0.25}','[9,0,0,1,0,1]',60,'gpt-4o-mini-2024-07-18','good','base',0,0.25,'2026-11-22 20:24:49.516397');
INSERT INTO "vote" VALUES(8,'reviews','r1','label','small','k1','good',NULL,'','token_probabilities','{"good":0.75,"bad":0.25}','[9,0,0,1,0,1]',60,'gpt-4o-mini-2024-07-18','good','base',0,0.25,'2026-11-22 20:24:49.521669');
INSERT INTO "vote" VALUES(9,'reviews','r1','label','person','kp',NULL,'empty','nothing','none','{}','[0,0,0,0,0,1]',20,'','','base',0,0.0,'2026-11-22 20:24:49.523529');
CREATE INDEX ix_run_name ON run (name);
CREATE INDEX ix_attempt_run ON attempt (run);
CREATE INDEX ix_settlement_run ON settlement (run);
CREATE INDEX vote_of_candidate ON vote (candidate, question);
CREATE INDEX ix_fit_key ON fit ("key");
CREATE INDEX decision_of_candidate ON decision (run, candidate, question);
COMMIT;
