"""`python -m shuke`: the command line where its script is not on the path?"""

from shuke.cli import main

if __name__ == "__main__":
    main()
