{{ saltwell.period_stream(ref('silver_marketplace'), keys=['user_key'], time='detected_at', gap=1800, ties='raw_id', columns=['user_key', 'detected_at', 'raw_id', 'host', 'site_id', 'site_visits_per_day', 'shelf', 'position', 'sku', 'price', 'old_price', 'domain',
    'advertiser', 'brand', 'category']) }}
