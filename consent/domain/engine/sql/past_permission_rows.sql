SELECT gen_random_uuid() AS id, folded.* FROM folded
