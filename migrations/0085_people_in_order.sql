-- Lists of people go by their numbers, in which names are filed too: whoever comes first among many of one name is known
-- without reading the names before her. Who is shown is decided within this index alone.
DROP INDEX people_person_search;
CREATE INDEX people_person_search ON people_person (tenant_id, person_no, kind, name_search, id);
