-- What posts and tags are found by. Keys of names that were written before are filled by the job
-- operations.search_keys when the server starts.
ALTER TABLE playbooks_post ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE tags_tag ADD COLUMN name_search TEXT NOT NULL DEFAULT '';

-- A search among a million people reads this index from end to end and the table not at all.
CREATE INDEX people_person_search ON people_person (tenant_id, id, kind, name_search);
