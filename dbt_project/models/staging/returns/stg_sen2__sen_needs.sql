select * from {{ landed('sen2', 'sen_needs') }}
