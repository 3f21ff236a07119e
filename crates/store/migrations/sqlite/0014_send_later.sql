-- The hour for which a message was scheduled, and on whose wall it was chosen; nothing for what goes at once.
ALTER TABLE sends ADD COLUMN scheduled_for BIGINT;
ALTER TABLE sends ADD COLUMN scheduled_zone TEXT;
CREATE INDEX sends_scheduled ON sends (member_id, scheduled_for, id);
-- When a member works, as JSON; the usual hours without.
ALTER TABLE members ADD COLUMN working_hours TEXT;
