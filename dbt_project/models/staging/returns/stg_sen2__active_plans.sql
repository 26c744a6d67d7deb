select * from {{ landed('sen2', 'active_plans') }}
