// An S3-compatible store of another make in the folder that is named; prints its port and ends with its standard input.
import S3rver from 's3rver';

const server = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory: process.argv[2],
  configureBuckets: [{ name: 'recado' }],
});
const { port } = await server.run();
console.log(port);
process.stdin.on('end', () => process.exit(0)).resume();
