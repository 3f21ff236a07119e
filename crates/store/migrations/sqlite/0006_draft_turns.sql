-- Whose turn it is to change a draft at the provider: two processes share one mailbox. `held_until` is
-- by the database's clock; `turn` grows with every turn, so that a late one is known as such.
ALTER TABLE drafts ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN held_until BIGINT;
ALTER TABLE drafts ADD COLUMN held_by BLOB;
