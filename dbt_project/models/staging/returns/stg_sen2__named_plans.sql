select * from {{ landed('sen2', 'named_plans') }}
