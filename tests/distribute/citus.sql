-- What Citus checks of tables and their keys when they are laid out over a cluster, on a server that is none:
-- its functions by name, which move nothing. As in Citus 12: a unique key names the distribution column; a
-- foreign key leads beside or to a reference table, by the distribution columns of both; nothing unfit is
-- added later. Reference and distributed tables are not moved back while a foreign key holds them.

CREATE SCHEMA citus;
SET search_path = citus, public;

CREATE TABLE pg_dist_partition (
    logicalrelid regclass PRIMARY KEY, partmethod "char" NOT NULL, distcolumn text, colocationid int NOT NULL
);
CREATE SEQUENCE colocations;

CREATE FUNCTION citus_complains() RETURNS void LANGUAGE plpgsql AS $$
DECLARE bad text;
BEGIN
    SELECT format('%s: unique index %s lacks the distribution column %s', d.logicalrelid, i.indexrelid::regclass, d.distcolumn)
    INTO bad
    FROM pg_dist_partition d
    JOIN pg_index i ON i.indrelid = d.logicalrelid AND i.indisunique
    WHERE d.partmethod = 'h' AND NOT EXISTS (
        SELECT 1 FROM pg_attribute a
        WHERE a.attrelid = d.logicalrelid AND a.attname = d.distcolumn AND a.attnum = ANY (i.indkey::int2[])
    );
    IF bad IS NOT NULL THEN RAISE EXCEPTION 'citus: %', bad; END IF;

    SELECT format('%s: an identity column that is no bigint', a.attrelid::regclass) INTO bad
    FROM pg_attribute a JOIN pg_dist_partition d ON d.logicalrelid = a.attrelid
    WHERE a.attidentity <> '' AND a.atttypid <> 'bigint'::regtype;
    IF bad IS NOT NULL THEN RAISE EXCEPTION 'citus: %', bad; END IF;

    SELECT format('%s: foreign key %s to %s', f.conrelid::regclass, f.conname, f.confrelid::regclass) INTO bad
    FROM pg_constraint f
    LEFT JOIN pg_dist_partition own ON own.logicalrelid = f.conrelid
    LEFT JOIN pg_dist_partition into_ ON into_.logicalrelid = f.confrelid
    WHERE f.contype = 'f' AND CASE
        WHEN own.partmethod IS NULL AND into_.partmethod IS NULL THEN false  -- both are ordinary tables
        WHEN into_.partmethod = 'n' THEN false                               -- to a reference table, from anywhere
        WHEN own.partmethod = 'n' OR own.partmethod IS NULL THEN true        -- from everywhere to somewhere
        WHEN into_.partmethod IS NULL THEN true
        ELSE own.colocationid <> into_.colocationid OR NOT EXISTS (
            SELECT 1 FROM generate_subscripts(f.conkey, 1) AS place
            JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[place] AND a.attname = own.distcolumn
            JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[place] AND b.attname = into_.distcolumn
        ) END;
    IF bad IS NOT NULL THEN RAISE EXCEPTION 'citus: %', bad; END IF;
END $$;

CREATE FUNCTION create_distributed_table(
    table_name regclass, distribution_column text, distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default'
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE beside pg_dist_partition; own_type oid; other_type oid;
BEGIN
    SELECT atttypid INTO STRICT own_type FROM pg_attribute WHERE attrelid = table_name AND attname = distribution_column;
    IF colocate_with = 'none' THEN
        INSERT INTO pg_dist_partition VALUES (table_name, 'h', distribution_column, nextval('colocations'));
    ELSE
        SELECT * INTO beside FROM pg_dist_partition WHERE logicalrelid = ('public.' || colocate_with)::regclass AND partmethod = 'h';
        IF NOT FOUND THEN RAISE EXCEPTION 'citus: % is not distributed', colocate_with; END IF;
        SELECT atttypid INTO STRICT other_type FROM pg_attribute WHERE attrelid = beside.logicalrelid AND attname = beside.distcolumn;
        IF own_type <> other_type THEN RAISE EXCEPTION 'citus: % is of another type than %', table_name, colocate_with; END IF;
        INSERT INTO pg_dist_partition VALUES (table_name, 'h', distribution_column, beside.colocationid);
    END IF;
    PERFORM citus_complains();
END $$;

CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pg_dist_partition VALUES (table_name, 'n', NULL, 0);
    PERFORM citus_complains();
END $$;

CREATE FUNCTION undistribute_table(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f' AND table_name IN (conrelid, confrelid)) THEN
        RAISE EXCEPTION 'citus: % has a foreign key', table_name;
    END IF;
    DELETE FROM pg_dist_partition WHERE logicalrelid = table_name;
    IF NOT FOUND THEN RAISE EXCEPTION 'citus: % is not distributed', table_name; END IF;
END $$;

CREATE FUNCTION citus_looks() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM citus_complains(); END';
CREATE EVENT TRIGGER citus_looks ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX') EXECUTE FUNCTION citus_looks();

SET search_path = public, citus;
