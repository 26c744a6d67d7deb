select * from {{ landed('sen2', 'plan_details') }}
