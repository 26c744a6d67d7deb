select * from {{ landed('sen2', 'assessments') }}
