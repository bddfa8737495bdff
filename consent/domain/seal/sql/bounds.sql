-- In one statement, so that leaves, checkpoints and mark are of one moment.
SELECT
    coalesce((SELECT max(position) + 1 FROM consent_ledgerleaf), 0),
    coalesce((SELECT max(tree_size) FROM consent_checkpoint), 0),
    coalesce((SELECT settled_sequence FROM consent_sealmark), 0)
