-- They have no key of their own; on one address, for one channel, the purpose tells them apart.
SELECT purpose_id AS id, folded.* FROM folded
