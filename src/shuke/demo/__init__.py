"""Demo: with which company can one try everything, and check it against the truth?"""

from shuke.demo.company import UNTIL, Company, make
from shuke.demo.dirt import CLEAN, Dirt
from shuke.demo.files import SourceFile

__all__ = ["CLEAN", "UNTIL", "Company", "Dirt", "SourceFile", "make"]
