select * from {{ landed('sen2', 'persons') }}
