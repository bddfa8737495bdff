-- Run by the owner after every migrate; {role} is the application's role.
GRANT USAGE ON SCHEMA public TO {role};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};

-- The ledger is only ever added to; evidence may be deleted, never changed.
DO $grants$
BEGIN
    IF to_regclass('public.consent_consentevent') IS NOT NULL THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON public.consent_consentevent FROM {role};
    END IF;
    IF to_regclass('public.consent_shownform') IS NOT NULL THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON public.consent_shownform FROM {role};
    END IF;
    IF to_regclass('public.consent_evidence') IS NOT NULL THEN
        REVOKE UPDATE, TRUNCATE ON public.consent_evidence FROM {role};
    END IF;
    -- Who looked whom up: may be deleted when its term has passed, never changed.
    IF to_regclass('public.consent_desklookup') IS NOT NULL THEN
        REVOKE UPDATE, TRUNCATE ON public.consent_desklookup FROM {role};
    END IF;
END
$grants$;
