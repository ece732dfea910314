{{ saltwell.merge_partials(source('shop', 'events'), keys='nobody') }}
