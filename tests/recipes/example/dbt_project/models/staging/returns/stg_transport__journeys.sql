select * from {{ landed('transport', 'journeys') }}
