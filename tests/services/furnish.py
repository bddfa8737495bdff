"""Run as a program: puts the recipe book's form in a database, and tells the number of its choice.

python -m tests.services.furnish
"""

import sys

import django


def main() -> None:
    django.setup()
    # Models can only be imported once Django is set up.
    from tests import scenes  # noqa: PLC0415

    sys.stdout.write(str(scenes.recipe_book().newsletter.pk))


if __name__ == "__main__":
    main()
