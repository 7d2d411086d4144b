"""`python -m skipline` is `skipline`."""

from skipline.cli import main

main()
