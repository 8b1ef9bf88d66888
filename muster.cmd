@echo off
rem Runs muster from this checkout; dotnet builds it when the source is newer.
setlocal
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet build "%~dp0src\Muster.Cli" -c Release -v quiet -nologo >"%TEMP%\muster-build.log" 2>&1
if errorlevel 1 (
  type "%TEMP%\muster-build.log" 1>&2
  exit /b 1
)
"%~dp0artifacts\bin\Muster.Cli\release\muster.exe" %*
