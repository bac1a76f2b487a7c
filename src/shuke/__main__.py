"""`python -m shuke`: the command line where its script is not on the path?"""

from shuke.cli import main

main()
