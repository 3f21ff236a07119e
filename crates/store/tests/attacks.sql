-- What somebody does who can write the tables of the audit log, but has no key: `tenon_testkit::tamper`
-- puts a chain for {c}, an entry's number for {n}, and runs a part by its name.

--- open sqlite
DROP TRIGGER audit_entries_no_update;
DROP TRIGGER audit_entries_no_delete;

--- open postgres
DROP TRIGGER audit_entries_only_added ON audit_entries;

--- keep
CREATE TABLE kept_entries AS SELECT * FROM audit_entries;
CREATE TABLE kept_heads AS SELECT * FROM audit_heads;

--- restore
DELETE FROM audit_entries;
INSERT INTO audit_entries SELECT * FROM kept_entries;
DELETE FROM audit_heads;
INSERT INTO audit_heads SELECT * FROM kept_heads;

--- change
UPDATE audit_entries SET details = details || 'x' WHERE chain_id = {c} AND seq = {n};

--- delete
DELETE FROM audit_entries WHERE chain_id = {c} AND seq = {n};

--- insert
UPDATE audit_entries SET seq = -seq - 1 WHERE chain_id = {c} AND seq >= {n};
UPDATE audit_entries SET seq = -seq WHERE chain_id = {c} AND seq < 0;
INSERT INTO audit_entries
SELECT chain_id, {n}, at, action, actor_kind, actor, target_kind, target, details || 'x', request_id, mac
FROM audit_entries WHERE chain_id = {c} AND seq = {n} + 1;

--- swap
UPDATE audit_entries SET seq = -seq WHERE chain_id = {c} AND seq IN ({n}, {n} + 1);
UPDATE audit_entries SET seq = {n} + {n} + 1 + seq WHERE chain_id = {c} AND seq < 0;

--- cut
DELETE FROM audit_entries WHERE chain_id = {c} AND seq >= {n};
DELETE FROM audit_heads WHERE chain_id = {c} AND {n} = 1;
UPDATE audit_heads SET count = {n} - 1,
    head = (SELECT mac FROM audit_entries WHERE chain_id = {c} AND seq = {n} - 1)
WHERE chain_id = {c};

--- seal
UPDATE audit_entries SET mac = {mac} WHERE chain_id = {c} AND seq = {n};

--- end
UPDATE audit_heads SET head = {mac} WHERE chain_id = {c};
