"""Grammar: of which parts may SQL be made that somebody asks?

A white list, as of functions: what is not named cannot stand in a query, not even within another part.
"""

from sqlglot import exp

_QUERY = {
    exp.Select, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.Values, exp.With, exp.CTE, exp.From,
    exp.Join, exp.Lateral, exp.Unnest, exp.Table, exp.TableAlias, exp.Where, exp.Group, exp.GroupingSets,
    exp.Cube, exp.Rollup, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Limit, exp.LimitOptions,
    exp.Fetch, exp.Offset, exp.Distinct, exp.Window, exp.WindowSpec, exp.Pivot, exp.UnpivotColumns,
    exp.PivotAlias, exp.TableSample,
}  # fmt: skip
_VALUES = {
    exp.Identifier, exp.Column, exp.Star, exp.Alias, exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.Tuple,
    exp.Paren, exp.Array, exp.Struct, exp.ToMap, exp.Map, exp.PropertyEQ, exp.Bracket, exp.Slice, exp.Dot,
    exp.Lambda, exp.Kwarg, exp.Comprehension, exp.Interval, exp.IntervalSpan, exp.DataType,
    exp.DataTypeParam, exp.ColumnDef,
}  # fmt: skip
_OPERATORS = {
    exp.And, exp.Or, exp.Xor, exp.Not, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod,
    exp.Pow, exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot, exp.BitwiseLeftShift,
    exp.BitwiseRightShift, exp.DPipe, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.Like, exp.ILike, exp.SimilarTo, exp.RegexpLike,
    exp.Glob, exp.Escape, exp.Any, exp.All, exp.Exists, exp.Case, exp.If, exp.ArrayContainsAll,
    exp.ArrayOverlaps, exp.JSONExtract, exp.JSONExtractScalar, exp.AtTimeZone, exp.Collate,
}  # fmt: skip
#: `Anonymous` is a function by its name, of which `functions` has the list; others have words of their own.
_CALLS = {
    exp.Anonymous, exp.Cast, exp.TryCast, exp.Extract, exp.Overlay, exp.StrPosition, exp.Substring, exp.Trim,
    exp.CurrentDate, exp.CurrentTimestamp, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Lag, exp.Lead,
    exp.PercentileCont, exp.PercentileDisc, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls,
}  # fmt: skip

NODES: frozenset[type[exp.Expr]] = frozenset(_QUERY | _VALUES | _OPERATORS | _CALLS)

_T = exp.DType
TYPES = frozenset(
    {
        _T.BOOLEAN, _T.TINYINT, _T.SMALLINT, _T.INT, _T.BIGINT, _T.INT128, _T.UTINYINT, _T.USMALLINT, _T.UINT,
        _T.UBIGINT, _T.UINT128, _T.FLOAT, _T.DOUBLE, _T.DECIMAL, _T.TEXT, _T.VARCHAR, _T.CHAR, _T.DATE,
        _T.TIME, _T.TIMESTAMP, _T.TIMESTAMPTZ, _T.TIMESTAMPNTZ, _T.INTERVAL, _T.UUID, _T.JSON, _T.VARBINARY,
        _T.BIT, _T.LIST, _T.ARRAY, _T.STRUCT, _T.MAP,
    }
)  # fmt: skip
