@echo off
dotnet build "%~dp0src\Recado.Server" -c Release -v quiet || exit /b 1
dotnet "%~dp0src\Recado.Server\bin\Release\net10.0\recado.dll" %*
