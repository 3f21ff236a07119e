DELETE FROM settings WHERE name LIKE 'policy:%'
