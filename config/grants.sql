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
    IF to_regclass('public.consent_checkpoint') IS NOT NULL THEN
        REVOKE UPDATE, DELETE, TRUNCATE
            ON public.consent_ledgerleaf, public.consent_treenode, public.consent_checkpoint FROM {role};
        REVOKE DELETE, TRUNCATE ON public.consent_sealmark FROM {role};
    END IF;
    IF to_regclass('public.consent_evidence') IS NOT NULL THEN
        REVOKE UPDATE, TRUNCATE ON public.consent_evidence FROM {role};
    END IF;
    -- What was done about a rights request, and who looked whom up: deleted after their term, never changed.
    IF to_regclass('public.consent_rightsstep') IS NOT NULL THEN
        REVOKE UPDATE, TRUNCATE ON public.consent_rightsstep FROM {role};
    END IF;
    IF to_regclass('public.consent_disclosure') IS NOT NULL THEN
        REVOKE UPDATE, TRUNCATE ON public.consent_disclosure FROM {role};
    END IF;
    IF to_regclass('public.consent_desklookup') IS NOT NULL THEN
        REVOKE UPDATE, TRUNCATE ON public.consent_desklookup FROM {role};
    END IF;
    IF to_regclass('public.customers_staffact') IS NOT NULL THEN
        REVOKE UPDATE, TRUNCATE ON public.customers_staffact FROM {role};
    END IF;
END
$grants$;
