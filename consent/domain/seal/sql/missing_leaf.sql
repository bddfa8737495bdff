SELECT place FROM generate_series(%(first)s, %(end)s - 1) place
WHERE NOT EXISTS (SELECT FROM consent_ledgerleaf leaf WHERE leaf.position = place)
ORDER BY place LIMIT 1
