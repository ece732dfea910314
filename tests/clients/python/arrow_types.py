"""The name that ClickHouse has for a field's type in Arrow."""

import pyarrow


def arrow_type(field):
    kind = field.type
    if pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind):
        return f"Array({arrow_type(kind.value_field)})"
    if pyarrow.types.is_struct(kind):
        members = [kind.field(at) for at in range(kind.num_fields)]
        # The members of an unnamed tuple are called 1, 2, ...
        names = ["" if member.name.isdigit() else member.name + " " for member in members]
        return f"Tuple({', '.join(name + arrow_type(member) for name, member in zip(names, members))})"
    name = {"binary": "String", "string": "String", "double": "Float64"}.get(str(kind))
    name = name or str(kind).replace("uint", "UInt").replace("int", "Int")
    return f"Nullable({name})" if field.nullable else name
