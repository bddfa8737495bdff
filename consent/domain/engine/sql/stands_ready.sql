address.form = %(form)s::integer
    AND (strpos(address.value, '@') > 0) = (%(point_kind)s::text = 'EMAIL')
    AND address.holds_from <= %(at)s::timestamptz
    AND coalesce(address.holds_until > %(at)s::timestamptz, true)
