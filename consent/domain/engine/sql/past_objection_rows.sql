SELECT * FROM folded
