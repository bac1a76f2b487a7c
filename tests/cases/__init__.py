"""Cases: small inputs that once went wrong, each with what is right.

    python -m tests.cases            a table of every case: right, asked or wrong
    python -m tests.cases case-05    one of them

They lie beside the checkout, where there are any. A case is right when what landed and was built from it is
what its note says, asked when the import or the review queue asks a person instead of guessing.
"""
