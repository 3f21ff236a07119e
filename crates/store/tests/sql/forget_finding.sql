DELETE FROM record_values WHERE field = '=';
DELETE FROM record_words;
