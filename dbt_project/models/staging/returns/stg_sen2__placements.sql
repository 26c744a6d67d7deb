select * from {{ landed('sen2', 'placements') }}
