module command-go

go 1.21
