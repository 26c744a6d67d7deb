select * from {{ landed('school_census', 'pupils') }}
