-- People's own tables, in PostgreSQL. :sites and :advertisers say how many are made up beside those of the real bids.
CREATE TABLE categories (category_id int PRIMARY KEY, category text NOT NULL, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE sites (site_id int PRIMARY KEY, host text NOT NULL UNIQUE, category_id int NOT NULL REFERENCES categories,
    visits_per_day int NOT NULL, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE advertisers (advertiser_id int PRIMARY KEY, domain text NOT NULL UNIQUE, advertiser text NOT NULL, brand text NOT NULL,
    category_id int NOT NULL REFERENCES categories, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE formats (format text PRIMARY KEY, weight double precision NOT NULL, updated_at timestamptz NOT NULL DEFAULT now());

INSERT INTO categories (category_id, category)
SELECT n, name FROM unnest(ARRAY['video', 'music', 'games', 'news', 'finance', 'travel', 'fashion', 'food', 'cars', 'home']) WITH ORDINALITY AS t (name, n);
INSERT INTO sites (site_id, host, category_id, visits_per_day)
SELECT n, host, 1 + n % 4, 100000 * n
FROM unnest(ARRAY['youtube.com', 'worldstarhiphop.com', 'grooveshark.com', 'cocotiers.curse.com', 'tagged.com', 'playlist.com', 'weeworld.com',
    'myonlinearcade.com', 'myfitnesspal.com', 'bleacherreport.com']) WITH ORDINALITY AS t (host, n)
UNION ALL
SELECT 100 + n, 'site' || n || '.example', 1 + n % 10, 2000000 / n FROM generate_series(1, :sites) AS n;
INSERT INTO advertisers (advertiser_id, domain, advertiser, brand, category_id)
SELECT n, 'shop' || n || '.example', 'Advertiser ' || (1 + n / 3), 'Brand ' || n, 1 + n % 10 FROM generate_series(1, :advertisers) AS n;
INSERT INTO formats (format, weight)
VALUES ('300x250', 1), ('728x90', 0.8), ('160x600', 0.9), ('336x280', 1.1), ('468x60', 0.5), ('120x600', 0.7), ('250x250', 0.9), ('200x200', 0.6),
    ('970x250', 1.4), ('300x600', 1.3), ('320x50', 0.4);
