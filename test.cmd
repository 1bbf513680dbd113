@echo off
dotnet test --solution "%~dp0Recado.slnx" -c Release %*
