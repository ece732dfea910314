{{ saltwell.period_stream(ref('passing'), keys='user', time='ts', gap=1800, restart='id') }}
