-- Names filed by their parts (kernel/search.rs), so that one name among a million is found without reading all. "persons"
-- is a set of the lower 16 bits of numbers of persons, "block" is the bits above. A row tells who may have the part,
-- never who has it for sure.
CREATE TABLE people_name_part (
    tenant_id TEXT NOT NULL,
    part BIGINT NOT NULL,
    block BIGINT NOT NULL,
    persons BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, part, block)
);
-- Persons with numbers up to here are filed.
CREATE TABLE people_name_filed (
    tenant_id TEXT NOT NULL,
    up_to BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
);
-- Persons whose name changed since they were filed, and how often.
CREATE TABLE people_name_stale (
    tenant_id TEXT NOT NULL,
    person_no BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_no)
);
