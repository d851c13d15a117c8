-- The rules in DuckDB's SQL, which sweeps carry out: written by scripts/write_rules.py out of quality/rules.

-- derived said_standards
SELECT
  "t4"."listing",
  "t4"."said",
  "t4"."day"
FROM (
  SELECT
    "t3"."listing",
    COALESCE("t3"."produced_on", (
      SELECT
        *
      FROM "calendar" AS "t1"
    )) AS "day",
    UNNEST(STR_SPLIT("t3"."standards", '|')) AS "said"
  FROM (
    SELECT
      *
    FROM "listings" AS "t0"
    WHERE
      "t0"."standards" <> ''
  ) AS "t3"
) AS "t4";

-- derived said_grades
SELECT
  "t4"."listing",
  "t4"."said",
  "t4"."day"
FROM (
  SELECT
    "t3"."listing",
    COALESCE("t3"."produced_on", (
      SELECT
        *
      FROM "calendar" AS "t1"
    )) AS "day",
    UNNEST(STR_SPLIT("t3"."grades", '|')) AS "said"
  FROM (
    SELECT
      *
    FROM "listings" AS "t0"
    WHERE
      "t0"."grades" <> ''
  ) AS "t3"
) AS "t4";

-- derived said_levels
SELECT
  "t4"."listing",
  "t4"."said",
  "t4"."day"
FROM (
  SELECT
    "t3"."listing",
    COALESCE("t3"."produced_on", (
      SELECT
        *
      FROM "calendar" AS "t1"
    )) AS "day",
    UNNEST(STR_SPLIT("t3"."levels", '|')) AS "said"
  FROM (
    SELECT
      *
    FROM "listings" AS "t0"
    WHERE
      "t0"."levels" <> ''
  ) AS "t3"
) AS "t4";

-- derived claims
SELECT
  "t2"."listing",
  "t2"."said"
FROM (
  SELECT
    *
  FROM "said_grades" AS "t0"
  UNION ALL
  SELECT
    *
  FROM "said_levels" AS "t1"
) AS "t2";

-- derived meant
SELECT
  "t4"."listing",
  "t4"."said",
  "t4"."standard",
  "t4"."day"
FROM (
  SELECT
    "t2"."listing",
    "t2"."said",
    "t2"."day",
    "t3"."standard",
    "t3"."since",
    "t3"."until"
  FROM "said_standards" AS "t2"
  INNER JOIN "names" AS "t3"
    ON "t2"."said" = "t3"."said"
) AS "t4"
WHERE
  "t4"."since" <= "t4"."day"
  AND (
    (
      "t4"."until" IS NULL
    ) OR (
      "t4"."day" < "t4"."until"
    )
  );

-- derived graded
SELECT
  "t3"."listing",
  "t3"."said",
  "t5"."standard"
FROM "claims" AS "t3"
INNER JOIN (
  SELECT
    "t1"."listing",
    "t1"."standard"
  FROM "meant" AS "t1"
) AS "t5"
  ON "t3"."listing" = "t5"."listing"
SEMI JOIN (
  SELECT DISTINCT
    "t2"."standard",
    "t2"."grade" AS "said"
  FROM "limits" AS "t2"
  WHERE
    "t2"."grade" <> ''
) AS "t7"
  ON "t5"."standard" = "t7"."standard" AND "t3"."said" = "t7"."said";

-- derived uses
SELECT
  "t7"."report",
  "t7"."listing",
  "t7"."owner",
  "t7"."standard",
  "t7"."grade",
  "t7"."batch",
  "t7"."valid_until",
  "t7"."covered",
  "t7"."first",
  (
    "t7"."owner" <> "t7"."merchant"
  ) OR NOT (
    "t7"."first"
  ) AS "another",
  (
    "t7"."covered" IS NOT NULL
  ) AND NOT (
    "t7"."covered"
  ) AS "not_covered",
  (
    "t7"."made" <> ''
  )
  AND (
    "t7"."batch" <> ''
  )
  AND (
    "t7"."made" <> "t7"."batch"
  ) AS "other_batch",
  (
    "t7"."valid_until" IS NOT NULL
  )
  AND (
    "t7"."valid_until" < (
      SELECT
        *
      FROM "calendar" AS "t2"
    )
  ) AS "expired"
FROM (
  SELECT
    "t3"."report",
    "t3"."listing",
    "t3"."owner",
    "t3"."standard",
    "t3"."grade",
    "t3"."batch",
    "t3"."valid_until",
    "t3"."covered",
    "t3"."first",
    "t6"."merchant",
    "t6"."made"
  FROM "reports" AS "t3"
  INNER JOIN (
    SELECT
      "t1"."listing",
      "t1"."merchant",
      "t1"."batch" AS "made"
    FROM "listings" AS "t1"
  ) AS "t6"
    ON "t3"."listing" = "t6"."listing"
) AS "t7";

-- derived proving
SELECT
  "t5"."listing",
  "t5"."report",
  "t5"."standard",
  "t3"."said"
FROM (
  SELECT
    "t0"."listing",
    "t0"."report",
    "t0"."standard"
  FROM "uses" AS "t0"
) AS "t5"
INNER JOIN "claims" AS "t3"
  ON "t5"."listing" = "t3"."listing"
SEMI JOIN (
  SELECT DISTINCT
    "t2"."standard",
    "t2"."grade" AS "said"
  FROM "limits" AS "t2"
  WHERE
    "t2"."grade" <> ''
) AS "t7"
  ON "t5"."standard" = "t7"."standard" AND "t3"."said" = "t7"."said";

-- derived bearing
SELECT DISTINCT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t21"."listing",
      "t21"."report"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t8"."listing",
          "t8"."report",
          "t8"."standard",
          "t8"."said",
          "t14"."quantity"
        FROM "proving" AS "t8"
        INNER JOIN (
          SELECT
            "t4"."standard",
            "t4"."quantity",
            "t4"."grade" AS "said"
          FROM "limits" AS "t4"
          WHERE
            "t4"."grade" <> ''
        ) AS "t14"
          ON "t8"."standard" = "t14"."standard" AND "t8"."said" = "t14"."said"
        SEMI JOIN "measures" AS "t9"
          ON "t8"."report" = "t9"."report" AND "t14"."quantity" = "t9"."quantity"
      ) AS "t17"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t8"."listing",
            "t8"."report",
            "t8"."standard",
            "t8"."said",
            "t14"."quantity"
          FROM "proving" AS "t8"
          INNER JOIN (
            SELECT
              "t4"."standard",
              "t4"."quantity",
              "t4"."grade" AS "said"
            FROM "limits" AS "t4"
            WHERE
              "t4"."grade" <> ''
          ) AS "t14"
            ON "t8"."standard" = "t14"."standard" AND "t8"."said" = "t14"."said"
        ) AS "t18"
        WHERE
          "t18"."quantity" = ''
      ) AS "t20"
    ) AS "t21"
  ) AS "t22"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t7"."listing",
      "t7"."report"
    FROM "uses" AS "t7"
    SEMI JOIN (
      SELECT
        "t10"."listing",
        "t12"."standard"
      FROM "said_standards" AS "t10"
      ANTI JOIN "claims" AS "t11"
        ON "t10"."listing" = "t11"."listing"
      INNER JOIN "names" AS "t12"
        ON "t10"."said" = "t12"."said"
    ) AS "t16"
      ON "t7"."listing" = "t16"."listing" AND "t7"."standard" = "t16"."standard"
  ) AS "t19"
) AS "t23";

-- derived wanting
WITH "t4" AS (
  SELECT
    "t2"."report",
    "t2"."listing",
    "t2"."owner",
    "t2"."standard",
    "t2"."grade",
    "t2"."batch",
    "t2"."valid_until",
    "t2"."covered",
    "t2"."first",
    "t2"."another",
    "t2"."not_covered",
    "t2"."other_batch",
    "t2"."expired"
  FROM "uses" AS "t2"
  SEMI JOIN "bearing" AS "t3"
    ON "t2"."listing" = "t3"."listing" AND "t2"."report" = "t3"."report"
)
SELECT
  "t7"."report",
  "t7"."listing",
  "t7"."standard",
  "t7"."grade",
  "t7"."batch",
  "t7"."another",
  "t7"."not_covered",
  "t7"."other_batch",
  "t7"."expired"
FROM (
  SELECT
    *
  FROM "t4" AS "t5"
  WHERE
    "t5"."another" OR "t5"."not_covered" OR "t5"."other_batch" OR "t5"."expired"
) AS "t7"
ANTI JOIN (
  SELECT
    *
  FROM "t4" AS "t5"
  WHERE
    NOT (
      "t5"."another" OR "t5"."not_covered" OR "t5"."other_batch" OR "t5"."expired"
    )
) AS "t9"
  ON "t7"."listing" = "t9"."listing";

-- rule measured-below
WITH "t6" AS (
  SELECT
    "t3"."listing",
    "t3"."report",
    "t3"."said" AS "grade"
  FROM "proving" AS "t3"
), "t14" AS (
  SELECT
    "t12"."listing",
    "t12"."report",
    "t12"."standard",
    "t4"."quantity",
    "t4"."value",
    "t5"."grade",
    "t5"."kind",
    "t5"."at_least",
    "t5"."at_most"
  FROM (
    SELECT
      "t0"."listing",
      "t0"."report",
      "t0"."standard"
    FROM "uses" AS "t0"
    WHERE
      (
        (
          "t0"."covered" IS NULL
        ) OR "t0"."covered"
      )
      AND NOT (
        "t0"."other_batch"
      )
  ) AS "t12"
  INNER JOIN "measures" AS "t4"
    ON "t12"."report" = "t4"."report"
  INNER JOIN "limits" AS "t5"
    ON "t12"."standard" = "t5"."standard" AND "t4"."quantity" = "t5"."quantity"
)
SELECT
  "t22"."listing",
  "t22"."standard",
  CASE WHEN "t22"."grade" = '' THEN "t22"."standard" ELSE "t22"."grade" END AS "claimed",
  "t22"."value" AS "figure",
  CASE
    WHEN "t22"."value" < "t22"."at_least"
    THEN "t22"."at_least"
    ELSE "t22"."at_most"
  END AS "bound",
  "t22"."report" AS "other",
  "t22"."quantity" AS "words",
  'measured-below' AS "rule"
FROM (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "t14" AS "t16"
    WHERE
      (
        (
          "t16"."value" < "t16"."at_least"
        ) OR (
          "t16"."value" > "t16"."at_most"
        )
      )
      AND "t16"."grade" = ''
  ) AS "t18"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t20"."listing",
      "t20"."report",
      "t20"."standard",
      "t20"."quantity",
      "t20"."value",
      "t20"."grade",
      "t20"."kind",
      "t20"."at_least",
      "t20"."at_most"
    FROM (
      SELECT
        *
      FROM "t14" AS "t16"
      WHERE
        (
          "t16"."value" < "t16"."at_least"
        ) OR (
          "t16"."value" > "t16"."at_most"
        )
    ) AS "t20"
    SEMI JOIN (
      SELECT
        *
      FROM "t6" AS "t8"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t10"."listing",
          "t10"."report",
          "t10"."grade"
        FROM (
          SELECT
            *
          FROM "uses" AS "t0"
          WHERE
            "t0"."grade" <> ''
        ) AS "t10"
        ANTI JOIN "t6" AS "t11"
          ON "t10"."listing" = "t11"."listing" AND "t10"."report" = "t11"."report"
      ) AS "t13"
    ) AS "t17"
      ON "t20"."listing" = "t17"."listing"
      AND "t20"."report" = "t17"."report"
      AND "t20"."grade" = "t17"."grade"
  ) AS "t21"
) AS "t22";

-- rule forbidden-claim
WITH "t11" AS (
  SELECT
    "t10"."listing",
    "t10"."claim",
    "t8"."standard",
    "t9"."forbidden"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t0"."listing",
        'medical' AS "claim"
      FROM "listings" AS "t0"
      WHERE
        "t0"."medical"
    ) AS "t3"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t0"."listing",
        'children' AS "claim"
      FROM "listings" AS "t0"
      WHERE
        "t0"."children"
    ) AS "t4"
  ) AS "t10"
  INNER JOIN (
    SELECT
      "t1"."listing",
      "t1"."standard"
    FROM "meant" AS "t1"
  ) AS "t8"
    ON "t10"."listing" = "t8"."listing"
  LEFT OUTER JOIN (
    SELECT
      "t2"."standard",
      "t2"."claim",
      TRUE AS "forbidden"
    FROM "forbidden" AS "t2"
  ) AS "t9"
    ON "t8"."standard" = "t9"."standard" AND "t10"."claim" = "t9"."claim"
)
SELECT
  "t17"."listing",
  "t17"."standard",
  "t17"."claimed",
  "t17"."figure",
  "t17"."bound",
  "t17"."other",
  "t17"."words",
  'forbidden-claim' AS "rule"
FROM (
  SELECT
    "t15"."listing",
    "t15"."standard",
    "t15"."claim" AS "claimed",
    CAST(NULL AS DOUBLE) AS "figure",
    CAST(NULL AS DOUBLE) AS "bound",
    CAST(NULL AS BIGINT) AS "other",
    "t15"."claim" AS "words"
  FROM (
    SELECT
      *
    FROM "t11" AS "t12"
    WHERE
      "t12"."forbidden" IS NOT NULL
  ) AS "t15"
  ANTI JOIN (
    SELECT
      *
    FROM "t11" AS "t12"
    WHERE
      "t12"."forbidden" IS NULL
  ) AS "t16"
    ON "t15"."listing" = "t16"."listing" AND "t15"."claim" = "t16"."claim"
) AS "t17";

-- rule evidence-of-another
SELECT
  "t0"."listing",
  "t0"."standard",
  CASE WHEN "t0"."grade" = '' THEN "t0"."standard" ELSE "t0"."grade" END AS "claimed",
  CAST(NULL AS DOUBLE) AS "figure",
  CAST(NULL AS DOUBLE) AS "bound",
  "t0"."report" AS "other",
  "t0"."batch" AS "words",
  'evidence-of-another' AS "rule"
FROM "wanting" AS "t0"
WHERE
  "t0"."another";

-- rule evidence-not-covering
SELECT
  "t0"."listing",
  "t0"."standard",
  CASE WHEN "t0"."grade" = '' THEN "t0"."standard" ELSE "t0"."grade" END AS "claimed",
  CAST(NULL AS DOUBLE) AS "figure",
  CAST(NULL AS DOUBLE) AS "bound",
  "t0"."report" AS "other",
  "t0"."batch" AS "words",
  'evidence-not-covering' AS "rule"
FROM "wanting" AS "t0"
WHERE
  "t0"."not_covered" AND NOT (
    "t0"."another"
  );

-- rule evidence-other-batch
SELECT
  "t0"."listing",
  "t0"."standard",
  CASE WHEN "t0"."grade" = '' THEN "t0"."standard" ELSE "t0"."grade" END AS "claimed",
  CAST(NULL AS DOUBLE) AS "figure",
  CAST(NULL AS DOUBLE) AS "bound",
  "t0"."report" AS "other",
  "t0"."batch" AS "words",
  'evidence-other-batch' AS "rule"
FROM "wanting" AS "t0"
WHERE
  "t0"."other_batch" AND NOT (
    "t0"."another"
  ) AND NOT (
    "t0"."not_covered"
  );

-- rule not-in-force
SELECT
  "t10"."listing",
  "t10"."standard",
  "t10"."claimed",
  "t10"."figure",
  "t10"."bound",
  "t10"."other",
  "t10"."words",
  'not-in-force' AS "rule"
FROM (
  SELECT
    "t9"."listing",
    "t9"."standard",
    "t9"."said" AS "claimed",
    CAST(NULL AS DOUBLE) AS "figure",
    CAST(NULL AS DOUBLE) AS "bound",
    CAST(NULL AS BIGINT) AS "other",
    CAST("t9"."day" AS TEXT) AS "words"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t3"."listing",
        "t3"."said",
        "t3"."day",
        "t4"."standard",
        "t4"."since",
        "t4"."until"
      FROM "said_standards" AS "t3"
      INNER JOIN "editions" AS "t4"
        ON "t3"."said" = "t4"."standard"
    ) AS "t7"
    WHERE
      (
        "t7"."day" < "t7"."since"
      ) OR (
        "t7"."day" >= "t7"."until"
      )
  ) AS "t9"
  SEMI JOIN (
    SELECT
      "t0"."listing"
    FROM "listings" AS "t0"
    WHERE
      "t0"."produced_on" IS NOT NULL
  ) AS "t6"
    ON "t9"."listing" = "t6"."listing"
) AS "t10";

-- rule unproven
SELECT
  "t15"."listing",
  COALESCE("t15"."named", '') AS "standard",
  COALESCE(
    NULLIF(LIST_EXTRACT(STR_SPLIT("t15"."grades", '|'), 1), ''),
    NULLIF(LIST_EXTRACT(STR_SPLIT("t15"."levels", '|'), 1), ''),
    "t15"."named"
  ) AS "claimed",
  CAST(NULL AS DOUBLE) AS "figure",
  CAST(NULL AS DOUBLE) AS "bound",
  CAST(NULL AS BIGINT) AS "other",
  '' AS "words",
  'unproven' AS "rule"
FROM (
  SELECT
    "t5"."listing",
    "t5"."grades",
    "t5"."levels",
    "t14"."listing" AS "listing_right",
    "t14"."named"
  FROM "listings" AS "t5"
  SEMI JOIN "covered" AS "t6"
    ON "t5"."category" = "t6"."category"
  ANTI JOIN "bearing" AS "t7"
    ON "t5"."listing" = "t7"."listing"
  LEFT OUTER JOIN (
    SELECT
      "t12"."listing",
      MIN("t12"."said") AS "named"
    FROM (
      SELECT
        "t8"."listing",
        "t8"."said",
        "t8"."day"
      FROM "said_standards" AS "t8"
      SEMI JOIN (
        SELECT
          "t5"."listing",
          "t5"."merchant",
          "t5"."category",
          "t5"."price",
          "t5"."currency",
          "t5"."digest",
          "t5"."standards",
          "t5"."grades",
          "t5"."levels",
          "t5"."marks",
          "t5"."figure",
          "t5"."medical",
          "t5"."children",
          "t5"."produced_on",
          "t5"."batch",
          "t5"."pieces",
          "t5"."text_print",
          "t5"."text_check",
          "t5"."picture_print"
        FROM "listings" AS "t5"
        SEMI JOIN "covered" AS "t6"
          ON "t5"."category" = "t6"."category"
        ANTI JOIN "bearing" AS "t7"
          ON "t5"."listing" = "t7"."listing"
      ) AS "t11"
        ON "t8"."listing" = "t11"."listing"
      SEMI JOIN "names" AS "t9"
        ON "t8"."said" = "t9"."said"
    ) AS "t12"
    GROUP BY
      1
  ) AS "t14"
    ON "t5"."listing" = "t14"."listing"
) AS "t15"
WHERE
  (
    "t15"."grades" <> ''
  )
  OR (
    "t15"."levels" <> ''
  )
  OR (
    "t15"."named" IS NOT NULL
  );

-- rule no-such-class
SELECT
  "t7"."listing",
  "t7"."standard",
  "t7"."claimed",
  "t7"."figure",
  "t7"."bound",
  "t7"."other",
  "t7"."words",
  'no-such-class' AS "rule"
FROM (
  SELECT
    "t3"."listing",
    "t6"."standard",
    "t3"."said" AS "claimed",
    CAST(NULL AS DOUBLE) AS "figure",
    CAST(NULL AS DOUBLE) AS "bound",
    CAST(NULL AS BIGINT) AS "other",
    '' AS "words"
  FROM "claims" AS "t3"
  ANTI JOIN "graded" AS "t4"
    ON "t3"."listing" = "t4"."listing" AND "t3"."said" = "t4"."said"
  INNER JOIN (
    SELECT
      "t2"."listing",
      "t2"."standard"
    FROM "meant" AS "t2"
  ) AS "t6"
    ON "t3"."listing" = "t6"."listing"
) AS "t7";

-- rule level-as-class
WITH "t18" AS (
  SELECT DISTINCT
    "t4"."standard",
    "t4"."grade" AS "said"
  FROM "limits" AS "t4"
  WHERE
    "t4"."kind" = 'class'
)
SELECT
  "t28"."listing",
  "t28"."standard",
  "t28"."claimed",
  "t28"."figure",
  "t28"."bound",
  "t28"."other",
  "t28"."words",
  'level-as-class' AS "rule"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t13"."listing",
      "t16"."standard",
      "t13"."said" AS "claimed",
      CAST(NULL AS DOUBLE) AS "figure",
      CAST(NULL AS DOUBLE) AS "bound",
      CAST(NULL AS BIGINT) AS "other",
      '' AS "words"
    FROM (
      SELECT
        "t0"."listing",
        "t0"."said"
      FROM "said_grades" AS "t0"
    ) AS "t13"
    INNER JOIN (
      SELECT
        "t3"."listing",
        "t3"."standard"
      FROM "meant" AS "t3"
    ) AS "t16"
      ON "t13"."listing" = "t16"."listing"
    SEMI JOIN (
      SELECT DISTINCT
        "t4"."standard",
        "t4"."grade" AS "said"
      FROM "limits" AS "t4"
      WHERE
        "t4"."kind" = 'level'
    ) AS "t19"
      ON "t16"."standard" = "t19"."standard" AND "t13"."said" = "t19"."said"
    ANTI JOIN (
      SELECT
        "t8"."listing",
        "t8"."said",
        "t8"."standard"
      FROM "graded" AS "t8"
      SEMI JOIN "t18" AS "t21"
        ON "t8"."standard" = "t21"."standard" AND "t8"."said" = "t21"."said"
    ) AS "t25"
      ON "t13"."listing" = "t25"."listing" AND "t13"."said" = "t25"."said"
  ) AS "t27"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t15"."listing",
      "t16"."standard",
      "t15"."level" AS "claimed",
      CAST(NULL AS DOUBLE) AS "figure",
      CAST(NULL AS DOUBLE) AS "bound",
      CAST(NULL AS BIGINT) AS "other",
      "t14"."grade" AS "words"
    FROM (
      SELECT
        "t1"."listing",
        "t1"."said" AS "level"
      FROM "said_levels" AS "t1"
    ) AS "t15"
    INNER JOIN (
      SELECT
        "t3"."listing",
        "t3"."standard"
      FROM "meant" AS "t3"
    ) AS "t16"
      ON "t15"."listing" = "t16"."listing"
    SEMI JOIN "needs" AS "t6"
      ON "t16"."standard" = "t6"."standard" AND "t15"."level" = "t6"."level"
    INNER JOIN (
      SELECT
        "t0"."listing",
        "t0"."said" AS "grade"
      FROM "said_grades" AS "t0"
    ) AS "t14"
      ON "t15"."listing" = "t14"."listing"
    SEMI JOIN (
      SELECT
        "t20"."standard",
        "t20"."said" AS "grade"
      FROM "t18" AS "t20"
    ) AS "t23"
      ON "t16"."standard" = "t23"."standard" AND "t14"."grade" = "t23"."grade"
    ANTI JOIN "needs" AS "t7"
      ON "t16"."standard" = "t7"."standard"
      AND "t15"."level" = "t7"."level"
      AND "t14"."grade" = "t7"."grade"
  ) AS "t26"
) AS "t28";

-- rule superseded
SELECT
  "t10"."listing",
  "t10"."standard",
  "t10"."claimed",
  "t10"."figure",
  "t10"."bound",
  "t10"."other",
  "t10"."words",
  'superseded' AS "rule"
FROM (
  SELECT
    "t9"."listing",
    "t9"."standard",
    "t9"."said" AS "claimed",
    CAST(NULL AS DOUBLE) AS "figure",
    CAST(NULL AS DOUBLE) AS "bound",
    CAST(NULL AS BIGINT) AS "other",
    '' AS "words"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t3"."listing",
        "t3"."said",
        "t3"."day",
        "t4"."standard",
        "t4"."since",
        "t4"."until"
      FROM "said_standards" AS "t3"
      INNER JOIN "editions" AS "t4"
        ON "t3"."said" = "t4"."standard"
    ) AS "t7"
    WHERE
      (
        "t7"."day" < "t7"."since"
      ) OR (
        "t7"."day" >= "t7"."until"
      )
  ) AS "t9"
  ANTI JOIN (
    SELECT
      "t0"."listing"
    FROM "listings" AS "t0"
    WHERE
      "t0"."produced_on" IS NOT NULL
  ) AS "t6"
    ON "t9"."listing" = "t6"."listing"
) AS "t10";

-- rule unknown-standard
SELECT
  "t12"."listing",
  "t12"."standard",
  "t12"."claimed",
  "t12"."figure",
  "t12"."bound",
  "t12"."other",
  "t12"."words",
  'unknown-standard' AS "rule"
FROM (
  SELECT
    "t4"."listing",
    '' AS "standard",
    "t4"."said" AS "claimed",
    CAST(NULL AS DOUBLE) AS "figure",
    CAST(NULL AS DOUBLE) AS "bound",
    CAST(NULL AS BIGINT) AS "other",
    '' AS "words"
  FROM "said_standards" AS "t4"
  ANTI JOIN (
    SELECT
      "t4"."listing",
      "t4"."said",
      "t4"."day"
    FROM "said_standards" AS "t4"
    SEMI JOIN "names" AS "t6"
      ON "t4"."said" = "t6"."said"
  ) AS "t10"
    ON "t4"."listing" = "t10"."listing"
  SEMI JOIN (
    SELECT
      "t5"."listing"
    FROM "listings" AS "t5"
    SEMI JOIN "covered" AS "t7"
      ON "t5"."category" = "t7"."category"
  ) AS "t11"
    ON "t4"."listing" = "t11"."listing"
) AS "t12";

-- rule evidence-expired
SELECT
  "t0"."listing",
  "t0"."standard",
  CASE WHEN "t0"."grade" = '' THEN "t0"."standard" ELSE "t0"."grade" END AS "claimed",
  CAST(NULL AS DOUBLE) AS "figure",
  CAST(NULL AS DOUBLE) AS "bound",
  "t0"."report" AS "other",
  "t0"."batch" AS "words",
  'evidence-expired' AS "rule"
FROM "wanting" AS "t0"
WHERE
  "t0"."expired"
  AND NOT (
    "t0"."another"
  )
  AND NOT (
    "t0"."not_covered"
  )
  AND NOT (
    "t0"."other_batch"
  );

-- rule relisted-text
WITH "t3" AS (
  SELECT DISTINCT
    "t0"."text_print",
    "t0"."text_check"
  FROM "listings" AS "t0"
  WHERE
    "t0"."text_print" <> 0
), "t8" AS (
  SELECT
    "t4"."text_print",
    "t4"."text_check",
    MIN("t4"."listing") AS "other"
  FROM (
    SELECT
      *
    FROM "gone" AS "t1"
    WHERE
      "t1"."text_print" <> 0
  ) AS "t4"
  GROUP BY
    1,
    2
), "t28" AS (
  SELECT
    "t27"."text_print" AS "was_print",
    "t27"."text_check" AS "was_check",
    "t27"."other",
    "t27"."band",
    "t27"."part"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t9"."text_print",
          "t9"."text_check",
          "t9"."other",
          2 AS "band",
          (
            "t9"."text_print" >> 32
          ) & 65535 AS "part"
        FROM "t8" AS "t9"
      ) AS "t19"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t9"."text_print",
          "t9"."text_check",
          "t9"."other",
          3 AS "band",
          (
            "t9"."text_print" >> 48
          ) & 65535 AS "part"
        FROM "t8" AS "t9"
      ) AS "t20"
    ) AS "t24"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t9"."text_print",
          "t9"."text_check",
          "t9"."other",
          4 AS "band",
          "t9"."text_print" AS "part"
        FROM "t8" AS "t9"
      ) AS "t16"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t9"."text_print",
            "t9"."text_check",
            "t9"."other",
            0 AS "band",
            (
              "t9"."text_print" >> 0
            ) & 65535 AS "part"
          FROM "t8" AS "t9"
        ) AS "t21"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t9"."text_print",
            "t9"."text_check",
            "t9"."other",
            1 AS "band",
            (
              "t9"."text_print" >> 16
            ) & 65535 AS "part"
          FROM "t8" AS "t9"
        ) AS "t22"
      ) AS "t25"
    ) AS "t26"
  ) AS "t27"
)
SELECT
  "t40"."listing",
  "t40"."standard",
  "t40"."claimed",
  "t40"."figure",
  "t40"."bound",
  "t40"."other",
  "t40"."words",
  'relisted-text' AS "rule"
FROM (
  SELECT
    "t5"."listing",
    '' AS "standard",
    '' AS "claimed",
    CAST(NULL AS DOUBLE) AS "figure",
    CAST(NULL AS DOUBLE) AS "bound",
    "t39"."other",
    '' AS "words"
  FROM (
    SELECT
      "t0"."listing",
      "t0"."text_print",
      "t0"."text_check"
    FROM "listings" AS "t0"
    WHERE
      "t0"."text_print" <> 0
  ) AS "t5"
  INNER JOIN (
    SELECT
      "t37"."text_print",
      "t37"."text_check",
      MIN("t37"."other") AS "other"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t23"."text_print",
          "t23"."text_check",
          "t23"."band",
          "t23"."part",
          "t35"."was_print",
          "t35"."was_check",
          "t35"."other"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t6"."text_print",
                "t6"."text_check",
                2 AS "band",
                (
                  "t6"."text_print" >> 32
                ) & 65535 AS "part"
              FROM "t3" AS "t6"
            ) AS "t10"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t6"."text_print",
                "t6"."text_check",
                3 AS "band",
                (
                  "t6"."text_print" >> 48
                ) & 65535 AS "part"
              FROM "t3" AS "t6"
            ) AS "t11"
          ) AS "t14"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t6"."text_print",
                "t6"."text_check",
                4 AS "band",
                "t6"."text_print" AS "part"
              FROM "t3" AS "t6"
            ) AS "t7"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t6"."text_print",
                  "t6"."text_check",
                  0 AS "band",
                  (
                    "t6"."text_print" >> 0
                  ) & 65535 AS "part"
                FROM "t3" AS "t6"
              ) AS "t12"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  "t6"."text_print",
                  "t6"."text_check",
                  1 AS "band",
                  (
                    "t6"."text_print" >> 16
                  ) & 65535 AS "part"
                FROM "t3" AS "t6"
              ) AS "t13"
            ) AS "t15"
          ) AS "t17"
        ) AS "t23"
        INNER JOIN (
          SELECT
            "t30"."was_print",
            "t30"."was_check",
            "t30"."other",
            "t30"."band",
            "t30"."part"
          FROM "t28" AS "t30"
          ANTI JOIN (
            SELECT
              *
            FROM (
              SELECT
                "t29"."band",
                "t29"."part",
                COUNT(*) AS "number"
              FROM "t28" AS "t29"
              GROUP BY
                1,
                2
            ) AS "t31"
            WHERE
              "t31"."number" > 500
          ) AS "t33"
            ON "t30"."band" = "t33"."band" AND "t30"."part" = "t33"."part"
        ) AS "t35"
          ON "t23"."band" = "t35"."band" AND "t23"."part" = "t35"."part"
      ) AS "t36"
      WHERE
        BIT_COUNT(XOR("t36"."text_print", "t36"."was_print")) <= 5
        AND BIT_COUNT(XOR("t36"."text_check", "t36"."was_check")) <= 2
    ) AS "t37"
    GROUP BY
      1,
      2
  ) AS "t39"
    ON "t5"."text_print" = "t39"."text_print" AND "t5"."text_check" = "t39"."text_check"
) AS "t40";

-- rule same-picture
SELECT
  "t7"."listing",
  "t7"."standard",
  "t7"."claimed",
  "t7"."figure",
  "t7"."bound",
  "t7"."other",
  "t7"."words",
  'same-picture' AS "rule"
FROM (
  SELECT
    "t3"."listing",
    '' AS "standard",
    '' AS "claimed",
    CAST(NULL AS DOUBLE) AS "figure",
    CAST(NULL AS DOUBLE) AS "bound",
    "t6"."other",
    '' AS "words"
  FROM (
    SELECT
      "t0"."listing",
      "t0"."picture_print"
    FROM "listings" AS "t0"
  ) AS "t3"
  INNER JOIN (
    SELECT
      "t4"."picture_print",
      MIN("t4"."listing") AS "other"
    FROM (
      SELECT
        *
      FROM "gone" AS "t1"
      WHERE
        "t1"."picture_print" <> 0
    ) AS "t4"
    GROUP BY
      1
  ) AS "t6"
    ON "t3"."picture_print" = "t6"."picture_print"
) AS "t7";

-- rule returned-often
WITH "t13" AS (
  SELECT
    "t12"."listing",
    "t12"."category",
    "t12"."sold",
    "t12"."bad",
    "t12"."all_sold",
    "t12"."all_bad",
    "t12"."share",
    "t12"."others",
    "t12"."whole",
    "t12"."usual",
    "t12"."here",
    "t12"."elsewhere",
    "t12"."eligible",
    "t12"."chance",
    "t12"."rank",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "tests"
  FROM (
    SELECT
      "t11"."listing",
      "t11"."category",
      "t11"."sold",
      "t11"."bad",
      "t11"."all_sold",
      "t11"."all_bad",
      "t11"."share",
      "t11"."others",
      "t11"."whole",
      "t11"."usual",
      "t11"."here",
      "t11"."elsewhere",
      "t11"."eligible",
      "t11"."chance",
      (
        ROW_NUMBER() OVER (
          ORDER BY "t11"."chance" ASC, "t11"."listing" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "rank"
    FROM (
      SELECT
        "t10"."listing",
        "t10"."category",
        "t10"."sold",
        "t10"."bad",
        "t10"."all_sold",
        "t10"."all_bad",
        "t10"."share",
        "t10"."others",
        "t10"."whole",
        "t10"."usual",
        "t10"."here",
        "t10"."elsewhere",
        "t10"."eligible",
        CASE
          WHEN "t10"."eligible"
          THEN EXP(-(
            GREATEST("t10"."here", "t10"."elsewhere")
          ))
          ELSE 1.0
        END AS "chance"
      FROM (
        SELECT
          "t9"."listing",
          "t9"."category",
          "t9"."sold",
          "t9"."bad",
          "t9"."all_sold",
          "t9"."all_bad",
          "t9"."share",
          "t9"."others",
          "t9"."whole",
          "t9"."usual",
          "t9"."sold" * (
            (
              "t9"."share" * LN(GREATEST("t9"."share", 1e-12) / GREATEST("t9"."whole", 1e-12))
            ) + (
              (
                1 - "t9"."share"
              ) * LN(GREATEST(1 - "t9"."share", 1e-12) / GREATEST(1 - "t9"."whole", 1e-12))
            )
          ) AS "here",
          "t9"."others" * (
            (
              "t9"."usual" * LN(GREATEST("t9"."usual", 1e-12) / GREATEST("t9"."whole", 1e-12))
            ) + (
              (
                1 - "t9"."usual"
              ) * LN(GREATEST(1 - "t9"."usual", 1e-12) / GREATEST(1 - "t9"."whole", 1e-12))
            )
          ) AS "elsewhere",
          (
            "t9"."bad" >= 5
          ) AND (
            "t9"."share" > "t9"."usual"
          ) AS "eligible"
        FROM (
          SELECT
            "t8"."listing",
            "t8"."category",
            "t8"."sold",
            "t8"."bad",
            "t8"."all_sold",
            "t8"."all_bad",
            "t8"."bad" / "t8"."sold" AS "share",
            "t8"."all_sold" - "t8"."sold" AS "others",
            "t8"."all_bad" / "t8"."all_sold" AS "whole",
            (
              "t8"."all_bad" - "t8"."bad"
            ) / GREATEST("t8"."all_sold" - "t8"."sold", 1) AS "usual"
          FROM (
            SELECT
              "t4"."listing",
              "t4"."category",
              "t4"."sold",
              "t4"."bad",
              "t7"."all_sold",
              "t7"."all_bad"
            FROM (
              SELECT
                *
              FROM "sold" AS "t0"
              WHERE
                "t0"."sold" > 0
            ) AS "t4"
            SEMI JOIN "listings" AS "t2"
              ON "t4"."listing" = "t2"."listing"
            INNER JOIN (
              SELECT
                "t5"."category",
                SUM("t5"."sold") AS "all_sold",
                SUM("t5"."bad") AS "all_bad"
              FROM (
                SELECT
                  "t4"."listing",
                  "t4"."category",
                  "t4"."sold",
                  "t4"."bad"
                FROM (
                  SELECT
                    *
                  FROM "sold" AS "t0"
                  WHERE
                    "t0"."sold" > 0
                ) AS "t4"
                SEMI JOIN "listings" AS "t2"
                  ON "t4"."listing" = "t2"."listing"
              ) AS "t5"
              GROUP BY
                1
            ) AS "t7"
              ON "t4"."category" = "t7"."category"
          ) AS "t8"
        ) AS "t9"
      ) AS "t10"
    ) AS "t11"
  ) AS "t12"
)
SELECT
  "t19"."listing",
  '' AS "standard",
  '' AS "claimed",
  "t19"."share" * 100 AS "figure",
  "t19"."usual" * 100 AS "bound",
  CAST(NULL AS BIGINT) AS "other",
  CAST("t19"."bad" AS TEXT) AS "words",
  'returned-often' AS "rule"
FROM (
  SELECT
    "t15"."listing",
    "t15"."category",
    "t15"."sold",
    "t15"."bad",
    "t15"."all_sold",
    "t15"."all_bad",
    "t15"."share",
    "t15"."others",
    "t15"."whole",
    "t15"."usual",
    "t15"."here",
    "t15"."elsewhere",
    "t15"."eligible",
    "t15"."chance",
    "t15"."rank",
    "t15"."tests",
    "t18"."last"
  FROM "t13" AS "t15"
  CROSS JOIN (
    SELECT
      MAX("t16"."rank") AS "last"
    FROM (
      SELECT
        *
      FROM "t13" AS "t14"
      WHERE
        "t14"."chance" <= (
          (
            "t14"."rank" * 0.05
          ) / "t14"."tests"
        )
    ) AS "t16"
  ) AS "t18"
) AS "t19"
WHERE
  "t19"."rank" <= "t19"."last";

-- rule complained-of
SELECT
  "t0"."listing",
  '' AS "standard",
  '' AS "claimed",
  CAST("t0"."buyers" AS DOUBLE) AS "figure",
  3.0 AS "bound",
  CAST(NULL AS BIGINT) AS "other",
  '' AS "words",
  'complained-of' AS "rule"
FROM "complaints" AS "t0"
WHERE
  "t0"."buyers" >= 3;

-- rule marks-missing
WITH "t9" AS (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      "t6"."shown",
      "t7"."standard"
    FROM (
      SELECT
        "t0"."listing",
        "t0"."marks" AS "shown"
      FROM "listings" AS "t0"
    ) AS "t6"
    INNER JOIN (
      SELECT
        "t1"."listing",
        "t1"."standard"
      FROM "meant" AS "t1"
    ) AS "t7"
      ON "t6"."listing" = "t7"."listing"
  ) AS "t8"
)
SELECT
  "t17"."listing",
  "t17"."standard",
  "t17"."claimed",
  "t17"."figure",
  "t17"."bound",
  "t17"."other",
  "t17"."words",
  'marks-missing' AS "rule"
FROM (
  SELECT
    "t6"."listing",
    "t7"."standard",
    '' AS "claimed",
    CAST(NULL AS DOUBLE) AS "figure",
    CAST(NULL AS DOUBLE) AS "bound",
    CAST(NULL AS BIGINT) AS "other",
    "t16"."mark" AS "words"
  FROM (
    SELECT
      "t0"."listing",
      "t0"."marks" AS "shown"
    FROM "listings" AS "t0"
  ) AS "t6"
  INNER JOIN (
    SELECT
      "t1"."listing",
      "t1"."standard"
    FROM "meant" AS "t1"
  ) AS "t7"
    ON "t6"."listing" = "t7"."listing"
  INNER JOIN (
    SELECT
      "t11"."shown",
      "t11"."standard",
      "t3"."mark"
    FROM "t9" AS "t11"
    INNER JOIN "marks" AS "t3"
      ON "t11"."standard" = "t3"."standard"
    ANTI JOIN (
      SELECT
        "t12"."shown",
        UNNEST(STR_SPLIT("t12"."shown", '|')) AS "mark"
      FROM (
        SELECT DISTINCT
          "t10"."shown"
        FROM "t9" AS "t10"
      ) AS "t12"
    ) AS "t14"
      ON "t11"."shown" = "t14"."shown" AND "t3"."mark" = "t14"."mark"
  ) AS "t16"
    ON "t6"."shown" = "t16"."shown" AND "t7"."standard" = "t16"."standard"
) AS "t17";

-- rule price-too-low
WITH "t1" AS (
  SELECT
    "t0"."listing",
    "t0"."category",
    "t0"."currency",
    LIST_EXTRACT(STR_SPLIT("t0"."grades", '|'), 1) AS "grade",
    "t0"."price" / "t0"."pieces" AS "piece",
    LN("t0"."price" / "t0"."pieces") AS "height"
  FROM "listings" AS "t0"
  WHERE
    "t0"."grades" <> '' AND "t0"."price" > 0 AND "t0"."pieces" > 0
), "t8" AS (
  SELECT
    "t7"."listing",
    "t7"."category",
    "t7"."currency",
    "t7"."grade",
    "t7"."piece",
    "t7"."height",
    "t7"."number",
    "t7"."middle",
    ABS("t7"."height" - "t7"."middle") AS "apart"
  FROM (
    SELECT
      "t3"."listing",
      "t3"."category",
      "t3"."currency",
      "t3"."grade",
      "t3"."piece",
      "t3"."height",
      "t6"."number",
      "t6"."middle"
    FROM "t1" AS "t3"
    INNER JOIN (
      SELECT
        *
      FROM (
        SELECT
          "t2"."category",
          "t2"."currency",
          "t2"."grade",
          COUNT(*) AS "number",
          QUANTILE_CONT("t2"."height", 0.5) AS "middle"
        FROM "t1" AS "t2"
        GROUP BY
          1,
          2,
          3
      ) AS "t4"
      WHERE
        "t4"."number" >= 30
    ) AS "t6"
      ON "t3"."category" = "t6"."category"
      AND "t3"."currency" = "t6"."currency"
      AND "t3"."grade" = "t6"."grade"
  ) AS "t7"
)
SELECT
  "t13"."listing",
  '' AS "standard",
  "t13"."grade" AS "claimed",
  "t13"."piece" / CASE
    WHEN "t13"."currency" IN (
      'ADP',
      'AFN',
      'ALL',
      'BIF',
      'BYR',
      'CLP',
      'DJF',
      'ESP',
      'GNF',
      'IQD',
      'IRR',
      'ISK',
      'ITL',
      'JPY',
      'KMF',
      'KPW',
      'KRW',
      'LAK',
      'LBP',
      'LUF',
      'MGA',
      'MGF',
      'MMK',
      'MRO',
      'PYG',
      'RSD',
      'RWF',
      'SLL',
      'SOS',
      'STD',
      'SYP',
      'TMM',
      'TRL',
      'UGX',
      'UYI',
      'VND',
      'VUV',
      'XAF',
      'XOF',
      'XPF',
      'YER',
      'ZMK',
      'ZWD'
    )
    THEN 1
    WHEN "t13"."currency" IN ('BHD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND')
    THEN 1000
    ELSE 100
  END AS "figure",
  EXP("t13"."middle") / CASE
    WHEN "t13"."currency" IN (
      'ADP',
      'AFN',
      'ALL',
      'BIF',
      'BYR',
      'CLP',
      'DJF',
      'ESP',
      'GNF',
      'IQD',
      'IRR',
      'ISK',
      'ITL',
      'JPY',
      'KMF',
      'KPW',
      'KRW',
      'LAK',
      'LBP',
      'LUF',
      'MGA',
      'MGF',
      'MMK',
      'MRO',
      'PYG',
      'RSD',
      'RWF',
      'SLL',
      'SOS',
      'STD',
      'SYP',
      'TMM',
      'TRL',
      'UGX',
      'UYI',
      'VND',
      'VUV',
      'XAF',
      'XOF',
      'XPF',
      'YER',
      'ZMK',
      'ZWD'
    )
    THEN 1
    WHEN "t13"."currency" IN ('BHD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND')
    THEN 1000
    ELSE 100
  END AS "bound",
  CAST(NULL AS BIGINT) AS "other",
  "t13"."currency" AS "words",
  'price-too-low' AS "rule"
FROM (
  SELECT
    "t10"."listing",
    "t10"."category",
    "t10"."currency",
    "t10"."grade",
    "t10"."piece",
    "t10"."height",
    "t10"."number",
    "t10"."middle",
    "t10"."apart",
    "t12"."spread"
  FROM "t8" AS "t10"
  INNER JOIN (
    SELECT
      "t9"."category",
      "t9"."currency",
      "t9"."grade",
      QUANTILE_CONT("t9"."apart", 0.5) AS "spread"
    FROM "t8" AS "t9"
    GROUP BY
      1,
      2,
      3
  ) AS "t12"
    ON "t10"."category" = "t12"."category"
    AND "t10"."currency" = "t12"."currency"
    AND "t10"."grade" = "t12"."grade"
) AS "t13"
WHERE
  (
    "t13"."middle" - "t13"."height"
  ) > (
    GREATEST("t13"."spread" * 1.4826, 0.05) * 3.5
  );

-- last
SELECT
  "t9"."listing",
  "t9"."standard",
  "t9"."claimed",
  "t9"."figure",
  "t9"."bound",
  "t9"."other",
  "t9"."words",
  "t9"."rule",
  "t9"."merchant",
  "t9"."digest",
  "t9"."act",
  "t9"."main"
FROM (
  SELECT
    "t8"."listing",
    "t8"."standard",
    "t8"."claimed",
    "t8"."figure",
    "t8"."bound",
    "t8"."other",
    "t8"."words",
    "t8"."rule",
    "t8"."merchant",
    "t8"."digest",
    "t8"."act",
    "t8"."rank",
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t8"."listing"
        ORDER BY "t8"."rank" ASC, "t8"."standard" ASC, "t8"."claimed" ASC, "t8"."figure" ASC, "t8"."bound" ASC, "t8"."other" ASC, "t8"."words" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1
    ) = 0 AS "main",
    LAG("t8"."rank") OVER (
      PARTITION BY "t8"."listing"
      ORDER BY "t8"."rank" ASC, "t8"."standard" ASC, "t8"."claimed" ASC, "t8"."figure" ASC, "t8"."bound" ASC, "t8"."other" ASC, "t8"."words" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "before"
  FROM (
    SELECT
      "t7"."listing",
      "t7"."standard",
      "t7"."claimed",
      "t7"."figure",
      "t7"."bound",
      "t7"."other",
      "t7"."words",
      "t7"."rule",
      "t7"."merchant",
      "t7"."digest",
      CASE "t7"."rule"
        WHEN 'measured-below'
        THEN 'remove'
        WHEN 'forbidden-claim'
        THEN 'remove'
        WHEN 'evidence-of-another'
        THEN 'remove'
        WHEN 'evidence-not-covering'
        THEN 'remove'
        WHEN 'evidence-other-batch'
        THEN 'remove'
        WHEN 'not-in-force'
        THEN 'remove'
        WHEN 'unproven'
        THEN 'remove'
        WHEN 'no-such-class'
        THEN 'suspect'
        WHEN 'level-as-class'
        THEN 'suspect'
        WHEN 'superseded'
        THEN 'suspect'
        WHEN 'unknown-standard'
        THEN 'suspect'
        WHEN 'evidence-expired'
        THEN 'suspect'
        WHEN 'relisted-text'
        THEN 'suspect'
        WHEN 'same-picture'
        THEN 'suspect'
        WHEN 'returned-often'
        THEN 'suspect'
        WHEN 'complained-of'
        THEN 'suspect'
        WHEN 'marks-missing'
        THEN 'suspect'
        WHEN 'price-too-low'
        THEN 'suspect'
        ELSE NULL
      END AS "act",
      CASE "t7"."rule"
        WHEN 'measured-below'
        THEN 0
        WHEN 'forbidden-claim'
        THEN 1
        WHEN 'evidence-of-another'
        THEN 2
        WHEN 'evidence-not-covering'
        THEN 3
        WHEN 'evidence-other-batch'
        THEN 4
        WHEN 'not-in-force'
        THEN 5
        WHEN 'unproven'
        THEN 6
        WHEN 'no-such-class'
        THEN 7
        WHEN 'level-as-class'
        THEN 8
        WHEN 'superseded'
        THEN 9
        WHEN 'unknown-standard'
        THEN 10
        WHEN 'evidence-expired'
        THEN 11
        WHEN 'relisted-text'
        THEN 12
        WHEN 'same-picture'
        THEN 13
        WHEN 'returned-often'
        THEN 14
        WHEN 'complained-of'
        THEN 15
        WHEN 'marks-missing'
        THEN 16
        WHEN 'price-too-low'
        THEN 17
        ELSE NULL
      END AS "rank"
    FROM (
      SELECT
        "t3"."listing",
        "t3"."standard",
        "t3"."claimed",
        "t3"."figure",
        "t3"."bound",
        "t3"."other",
        "t3"."words",
        "t3"."rule",
        "t6"."merchant",
        "t6"."digest"
      FROM "broken" AS "t3"
      INNER JOIN (
        SELECT
          "t2"."listing",
          "t2"."merchant",
          "t2"."digest"
        FROM "listings" AS "t2"
      ) AS "t6"
        ON "t3"."listing" = "t6"."listing"
      ANTI JOIN "cleared" AS "t4"
        ON "t3"."listing" = "t4"."listing"
        AND "t3"."rule" = "t4"."rule"
        AND "t6"."digest" = "t4"."digest"
    ) AS "t7"
  ) AS "t8"
) AS "t9"
WHERE
  (
    "t9"."before" IS NULL
  ) OR (
    "t9"."before" <> "t9"."rank"
  )
ORDER BY
  "t9"."listing" ASC,
  "t9"."rule" ASC;
