select * from {{ landed('sen2', 'requests') }}
