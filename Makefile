# What each target does stands in README.md.
PYTHON = .venv/bin/python

.PHONY: run test check drill bench mutants lock messages embedded dev

run: embedded
	@exec $(PYTHON) manage.py run

test: dev
	@sh .ci/browser-hint
	$(PYTHON) -m pytest $(ARGS)

drill: dev
	$(PYTHON) -m pytest -m drill $(ARGS)

# Five million contacts need about 20 GB of disk and an hour; ARGS="--contacts 20000 --numbers 20000" a minute.
# Scores are measured by themselves: $(PYTHON) -m bench.scoring.
bench: dev
	$(PYTHON) -m bench $(ARGS)

# Changes the rulebook in a copy, one small thing at a time; lists what its tests do not notice.
mutants: dev
	@sh .ci/mutants

check: dev
	@sh .ci/check

# Writes the locked lists anew; run it after changing one of the .in files.
lock: dev
	@sh requirements/lock.sh

# Collects the texts of both languages and compiles the catalogues.
messages: dev
	$(PYTHON) manage.py makemessages --all --no-location --no-obsolete --ignore '.venv/*' --ignore 'tests/*'
	$(PYTHON) manage.py compilemessages --ignore '.venv'

embedded:
	@sh requirements/install.sh embedded

dev:
	@sh requirements/install.sh dev
