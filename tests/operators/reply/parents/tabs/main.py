# tabs, and the block inside of a function
def weight(x):
	return x


def solve(values):
	total = 0
	# EVOLVE-BLOCK-START
	for value in values:
		if value > 3:
			total += weight(value)
	# EVOLVE-BLOCK-END
	return total
