{{ saltwell.merge_partials(ref('passing'), keys='user') }}
